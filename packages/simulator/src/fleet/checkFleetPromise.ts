import type { Check, FleetStream, FleetTrace, PerSecond, PlanPromise } from "@partitune/schema";
import { compareWithTarget } from "../compareWithTarget.ts";
import type { Finding } from "../evidence.ts";
import { estimateInWords, metricInWords, targetInWords } from "../inWords.ts";
import { judgeResponse } from "../judgeResponse.ts";
import { judgeThroughput } from "../judgeThroughput.ts";
import { overSeeds } from "../overSeeds.ts";

/**
 * Judges one promise of a fleet plan by simulation; memory and shares, which no simulation shows, by what the plan itself expects.
 *
 * @param traces  of the part of the plan that the promise is about, on at least two seeds; none where the service is answered nowhere
 * @param rate  requests per second that were sent to the service, on average; 0 when none, or when the plan has no such service
 * @param confidence  coverage of intervals, 0 < confidence < 1
 */
export function checkFleetPromise(
  promise: PlanPromise,
  traces: readonly FleetTrace[],
  rate: PerSecond,
  confidence: number,
): Check {
  if (promise.metric === "memory_bytes" || promise.metric === "share_fraction")
    return unsimulated(promise, judgeExpected(promise));
  if (rate === 0 && promise.metric === "response_s")
    return unsimulated(promise, { verdict: "kept", why: "nobody sends requests" });
  const streams = traces.map((trace) => streamOf(trace, promise.subject));
  const values = streams.map((stream) => valueIn(promise, stream));
  const told = values.filter((value) => value !== null);
  const estimate = told.length === values.length && told.length >= 2 ? overSeeds(told, confidence) : null;
  const evidence = {
    source: "simulated",
    estimate,
    streams: streams.filter((stream) => stream !== null),
    runs: traces.length,
    seconds: traces.reduce((total, { durationSeconds }) => total + durationSeconds, 0),
    ratePerSecond: rate,
    confidence,
  } as const;
  const { verdict, why } =
    promise.metric === "response_s" ? judgeResponse(promise, evidence) : judgeThroughput(promise, evidence);
  return {
    promise,
    simulated: { perSeed: values, estimate },
    measured: null,
    verdicts: { simulated: verdict, measured: null },
    verdict,
    why,
  };
}

function unsimulated(promise: PlanPromise, { verdict, why }: Finding): Check {
  return { promise, simulated: null, measured: null, verdicts: { simulated: null, measured: null }, verdict, why };
}

function judgeExpected(promise: PlanPromise): Finding {
  const { metric, predicted } = promise;
  if (predicted === null)
    return { verdict: "undecided", why: `the plan does not say how much ${metricInWords(promise)} it expects to need` };
  const why = `the plan needs ${estimateInWords(metric, predicted)}, promised ${targetInWords(promise)}`;
  return { verdict: compareWithTarget(promise, predicted), why };
}

function streamOf({ services }: FleetTrace, name: string): FleetStream | null {
  return services.find(({ service }) => service === name) ?? null;
}

/** What one trace says about a promise; null where it says nothing, or too little. */
function valueIn({ metric, percentile }: PlanPromise, stream: FleetStream | null): number | null {
  if (stream === null) return null;
  if (metric === "throughput_per_s") return stream.completedPerSecond;
  if (percentile === null) return stream.requests === 0 ? null : stream.response.mean;
  return stream.promised.find((each) => each.percentile === percentile)?.response?.value ?? null;
}
