import { quantile } from "@partitune/numerics";
import type { Made, Placement, Plan, Seconds, StreamTrace, Trace } from "@partitune/schema";
import { type LoadRequest, outcomes, type StreamSamples } from "./load.ts";
import { type ResponseSamples, responseSamples } from "./responseSamples.ts";

/** Coverage of the intervals of measured percentiles. */
const confidence = 0.99;

/** A request that waited less had, in effect, a free worker before it. */
const shortestWait: Seconds = 0.001;

const drawn = [...Array.from({ length: 100 }, (_, i) => i / 100), 0.995, 0.999, 1];

/**
 * What the samples of a load say about a plan: one stream per placement, over the window.
 *
 * Requests that failed or were given up count as slower than every answer. Means are over answered requests.
 */
export function buildLiveTrace(plan: Plan, load: LoadRequest, streams: readonly StreamSamples[], made: Made): Trace {
  return {
    kind: "trace",
    version: 1,
    made,
    source: "measured",
    confidence,
    durationSeconds: load.durationSeconds,
    warmupSeconds: load.warmupSeconds,
    streams: plan.placements.map((placement, n) => streamTrace(plan, placement, load, streams[n]!)),
    synthetic: false,
  };
}

/** Response times of a stream's window. */
export function windowResponses(load: LoadRequest, samples: StreamSamples): ResponseSamples {
  const inWindow = windowOf(load, samples);
  const responses = Float64Array.from(inWindow, (i) => (isAnswered(samples, i) ? responseOf(samples, i) : Infinity));
  const batches = sum(inWindow, (i) => (isAnswered(samples, i) ? 1 / samples.batch[i]! : 1));
  return responseSamples(responses, batches, load.timeoutSeconds, confidence);
}

function streamTrace(plan: Plan, placement: Placement, load: LoadRequest, samples: StreamSamples): StreamTrace {
  const inWindow = windowOf(load, samples);
  const answered = inWindow.filter((i) => isAnswered(samples, i));
  const { sorted, percentile } = windowResponses(load, samples);
  const finite = sorted.subarray(0, answered.length);
  const { durationSeconds } = load;
  return {
    placement: placement.id,
    workload: placement.config.workload,
    offeredPerSecond: inWindow.length / durationSeconds,
    completedPerSecond: completedInside(load, samples) / durationSeconds,
    requests: answered.length,
    failed: inWindow.length - answered.length,
    response: {
      mean: mean(answered, (i) => responseOf(samples, i)),
      p50: percentile(0.5),
      p90: percentile(0.9),
      p95: percentile(0.95),
      p99: percentile(0.99),
      p999: percentile(0.999),
    },
    distribution: finite.length === 0 ? [] : drawn.map((p) => ({ probability: p, seconds: quantile(finite, p) })),
    promised: promisedPercentiles(plan, placement).map((p) => ({ percentile: p, response: percentile(p) })),
    queueMeanSeconds: mean(answered, (i) => samples.queue[i]!),
    serviceMeanSeconds: mean(answered, (i) => samples.service[i]!),
    busyFraction: Math.min(1, sum(answered, (i) => samples.service[i]! / samples.batch[i]!) / durationSeconds),
    batchCounts: batchCounts(placement.config.batch, answered, samples),
    saturated: isSaturated(placement, inWindow, samples),
  };
}

function windowOf({ warmupSeconds }: LoadRequest, { intended }: StreamSamples): readonly number[] {
  return Array.from(intended.keys()).filter((i) => intended[i]! >= warmupSeconds);
}

function isAnswered({ outcome }: StreamSamples, i: number): boolean {
  return outcome[i] === outcomes.answered;
}

function responseOf({ end, intended }: StreamSamples, i: number): Seconds {
  return end[i]! - intended[i]!;
}

function completedInside({ warmupSeconds, durationSeconds }: LoadRequest, { end }: StreamSamples): number {
  return end.filter((time) => time >= warmupSeconds && time < warmupSeconds + durationSeconds).length;
}

/** Percentiles at which the plan promises a response time for this placement's workload. */
export function promisedPercentiles(plan: Plan, { config }: Placement): readonly number[] {
  const promised = plan.promises.filter(
    ({ subject, metric }) => subject === config.workload && metric === "response_s",
  );
  return [...new Set(promised.flatMap(({ percentile }) => (percentile === null ? [] : [percentile])))];
}

/** Each request of a batch of k brings 1/k of it. */
function batchCounts(largest: number, answered: readonly number[], { batch }: StreamSamples): readonly number[] {
  const requests = new Array<number>(largest).fill(0);
  for (const i of answered) requests[batch[i]! - 1]! += 1;
  return requests.map((count, k) => Math.round(count / (k + 1)));
}

/**
 * True when the backlog grew to the end: in the second half of the window the worker always had a full batch waiting, and the
 * last answered request waited longer than the first by more than the execution of a batch, or some were given up.
 */
function isSaturated({ config }: Placement, inWindow: readonly number[], samples: StreamSamples): boolean {
  const { queue, batch, service, outcome } = samples;
  const half = inWindow.slice(inWindow.length >> 1);
  const answered = half.filter((i) => isAnswered(samples, i));
  if (answered.some((i) => batch[i]! < config.batch || queue[i]! < shortestWait)) return false;
  if (half.some((i) => outcome[i] === outcomes.timedOut)) return true;
  if (answered.length < 2) return false;
  const last = answered.at(-1)!;
  return queue[last]! - queue[answered[0]!]! > service[last]!;
}

function sum(indices: readonly number[], read: (i: number) => number): number {
  return indices.reduce((total, i) => total + read(i), 0);
}

function mean(indices: readonly number[], read: (i: number) => number): number {
  return indices.length === 0 ? 0 : sum(indices, read) / indices.length;
}
