import { z } from "zod";
import { estimate } from "./estimate.ts";
import { made } from "./made.ts";
import { count, fraction, name, nonNegative, positive } from "./units.ts";

/** What happened to the requests of one placement. Response time runs from the intended arrival to the completion. */
export const streamTrace = z.strictObject({
  placement: name,
  workload: name,
  offeredPerSecond: nonNegative.describe("arrivals per second in the window"),
  completedPerSecond: nonNegative.describe("completions per second in the window"),
  requests: count.describe("requests that arrived and were completed after the warm-up"),
  failed: count.describe("requests that were not answered"),
  response: z.strictObject({
    mean: nonNegative,
    p50: estimate.nullable(),
    p90: estimate.nullable(),
    p95: estimate.nullable(),
    p99: estimate.nullable(),
    p999: estimate.nullable(),
  }),
  distribution: z
    .array(z.strictObject({ probability: fraction, seconds: nonNegative }).readonly())
    .readonly()
    .describe("quantiles of the response time, for pictures"),
  promised: z
    .array(z.strictObject({ percentile: fraction, response: estimate.nullable() }).readonly())
    .readonly()
    .describe("response time at the percentiles the plan promises"),
  queueMeanSeconds: nonNegative.describe("mean wait before execution"),
  serviceMeanSeconds: nonNegative.describe("mean execution time of the batch a request was in"),
  busyFraction: fraction.describe("share of the window in which the worker was occupied"),
  batchCounts: z.array(count).readonly().describe("how many batches of size 1, 2, … were run"),
  saturated: z.boolean().describe("true when the backlog was still growing at the end"),
});
export type StreamTrace = Readonly<z.infer<typeof streamTrace>>;

/** What happened when a plan met load, in a simulation or on the device. */
export const trace = z.strictObject({
  kind: z.literal("trace"),
  version: z.literal(1),
  made,
  source: z.enum(["simulated", "measured"]),
  confidence: fraction.describe("coverage of the intervals"),
  durationSeconds: positive.describe("length of the window"),
  warmupSeconds: nonNegative.describe("time before the window that is left out"),
  streams: z.array(streamTrace).readonly(),
  synthetic: z.boolean(),
});
export type Trace = Readonly<z.infer<typeof trace>>;
