import type { Check, Estimate, PerSecond, Plan, PlanPromise, StreamTrace, Trace } from "@partitune/schema";
import type { Evidence, Finding } from "./evidence.ts";
import { judgeLimit } from "./judgeLimit.ts";
import { judgeResponse } from "./judgeResponse.ts";
import { judgeThroughput } from "./judgeThroughput.ts";
import { overSeeds } from "./overSeeds.ts";
import { normalQuantile } from "./studentQuantile.ts";

/**
 * Judges one promise by simulation and, where the plan was deployed, by measurement; the measured verdict decides. Limits of the device are
 * judged by arithmetic and have neither.
 *
 * @param simulated  traces of the plan on at least two seeds
 * @param rates  workload → requests per second that the simulations sent, on average
 * @param measured  trace of the deployed plan, or null
 */
export function checkPromise(
  plan: Plan,
  promise: PlanPromise,
  simulated: readonly Trace[],
  rates: ReadonlyMap<string, PerSecond>,
  measured: Trace | null,
): Check {
  if (promise.metric === "share_fraction" || promise.metric === "memory_bytes") {
    const { verdict, why } = judgeLimit(plan, promise);
    return { promise, simulated: null, measured: null, verdicts: { simulated: null, measured: null }, verdict, why };
  }
  const perSeed = simulated.map((trace) => valueIn(promise, trace)?.value ?? null);
  const evidence = simulatedEvidence(promise, simulated, perSeed, rates.get(promise.subject) ?? null);
  const findings = {
    simulated: judge(promise, evidence),
    measured: measured && judge(promise, measuredEvidence(promise, measured)),
  };
  return {
    promise,
    simulated: { perSeed, estimate: evidence.estimate },
    measured: measured && valueIn(promise, measured),
    verdicts: { simulated: findings.simulated.verdict, measured: findings.measured?.verdict ?? null },
    verdict: (findings.measured ?? findings.simulated).verdict,
    why: [findings.simulated.why, ...(findings.measured === null ? [] : [findings.measured.why])].join("; "),
  };
}

function judge(promise: PlanPromise, evidence: Evidence): Finding {
  return promise.metric === "response_s" ? judgeResponse(promise, evidence) : judgeThroughput(promise, evidence);
}

function simulatedEvidence(
  promise: PlanPromise,
  traces: readonly Trace[],
  perSeed: readonly (number | null)[],
  ratePerSecond: PerSecond | null,
): Evidence {
  const told = perSeed.filter((value) => value !== null);
  const { confidence } = traces[0]!;
  return {
    source: "simulated",
    estimate: told.length === perSeed.length ? overSeeds(told, confidence) : null,
    streams: traces.flatMap((trace) => streamsOf(promise, trace)),
    runs: traces.length,
    seconds: traces.reduce((total, trace) => total + trace.durationSeconds, 0),
    ratePerSecond,
    confidence,
  };
}

function measuredEvidence(promise: PlanPromise, trace: Trace): Evidence {
  return {
    source: "measured",
    estimate: valueIn(promise, trace),
    streams: streamsOf(promise, trace),
    runs: 1,
    seconds: trace.durationSeconds,
    ratePerSecond: null,
    confidence: trace.confidence,
  };
}

function streamsOf(promise: PlanPromise, trace: Trace): readonly StreamTrace[] {
  return trace.streams.filter((stream) => stream.workload === promise.subject);
}

/** What one trace says about a promise; null where it says nothing, or too little. */
function valueIn(promise: PlanPromise, trace: Trace): Estimate | null {
  const streams = streamsOf(promise, trace);
  if (streams.length === 0) return null;
  return promise.metric === "response_s" ? slowest(promise, streams) : throughputIn(trace, streams);
}

/** Of several placements of one workload the slowest counts: if it meets the percentile, they do together. */
function slowest(promise: PlanPromise, streams: readonly StreamTrace[]): Estimate | null {
  const estimates = streams.map((stream) => responseIn(promise, stream));
  const told = estimates.filter((estimate) => estimate !== null);
  if (told.length < estimates.length) return null;
  return told.reduce((slow, estimate) => (estimate.value > slow.value ? estimate : slow));
}

function responseIn({ percentile }: PlanPromise, stream: StreamTrace): Estimate | null {
  if (percentile !== null) return stream.promised.find((each) => each.percentile === percentile)?.response ?? null;
  return stream.requests === 0 ? null : { value: stream.response.mean, low: null, high: null };
}

/** Completions per second; their interval is that of a Poisson count. */
function throughputIn({ durationSeconds, confidence }: Trace, streams: readonly StreamTrace[]): Estimate {
  const value = streams.reduce((total, stream) => total + stream.completedPerSecond, 0);
  const half = normalQuantile(confidence) * Math.sqrt(value / durationSeconds);
  return { value, low: Math.max(0, value - half), high: value + half };
}
