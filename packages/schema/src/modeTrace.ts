import { z } from "zod";
import { made } from "./made.ts";
import { count, fraction, name, nonNegative, positive } from "./units.ts";

/** What happened to the requests of one inference workload. Latency runs from a request's arrival to the end of its minibatch. */
export const modeStream = z.strictObject({
  workload: name,
  offeredPerSecond: nonNegative.describe("requests per second that arrived"),
  completedPerSecond: nonNegative.describe("requests per second that were answered"),
  requests: count.describe("requests that were answered"),
  waiting: count.describe("requests that were still waiting at the end"),
  minibatches: count,
  windows: count.describe(
    "windows in which requests were gathered; 0 when a minibatch is served as soon as it is full",
  ),
  overflowed: count.describe("windows that brought more requests than a minibatch holds"),
  worstSeconds: nonNegative
    .nullable()
    .describe("longest latency, the age of a request that still waits included; null when none came"),
  worstWithinRateSeconds: nonNegative
    .nullable()
    .describe("the same of the requests that were not put off to a later window because too many had come"),
  meanSeconds: nonNegative.nullable(),
  p50Seconds: nonNegative.nullable(),
  p99Seconds: nonNegative.nullable().describe("quantiles are within 0.2 %"),
});
export type ModeStream = Readonly<z.infer<typeof modeStream>>;

/** What happened in one period of a schedule, or to a plan in all. Rates and power are taken over whole windows. */
export const modePeriodTrace = z.strictObject({
  powerMode: name,
  seconds: nonNegative.describe("the whole windows over which rates and power are taken; 0 when there were none"),
  inferences: z.array(modeStream).readonly(),
  background: z
    .strictObject({
      workload: name,
      minibatches: nonNegative.describe("those at the edges count in parts"),
      minibatchesPerSecond: nonNegative,
    })
    .nullable(),
  busyFraction: fraction.describe("part of the time in which a minibatch ran"),
  joules: nonNegative.nullable().describe("null when it idled and idle power was not measured"),
  meanWatts: nonNegative.nullable(),
  peakWatts: nonNegative.describe("of the hungriest that ran; spikes inside a minibatch are not seen"),
});
export type ModePeriodTrace = Readonly<z.infer<typeof modePeriodTrace>>;

/** What happened when a mode plan or schedule met load, in a simulation or on the device. */
export const modeTrace = z.strictObject({
  kind: z.literal("mode-trace"),
  version: z.literal(1),
  made,
  source: z.enum(["simulated", "measured"]),
  sharing: z
    .enum(["managed", "fair", "slices"])
    .describe(
      "managed: taking turns by the plan's rule. fair, slices: processes that nobody manages, at equal speed or in time slices",
    ),
  arrivals: z
    .enum(["worst-case", "even", "poisson", "given"])
    .describe("worst-case: as badly placed as the stated rates allow"),
  seconds: positive.describe("from the start to the end of everything"),
  modeChanges: count.describe("how often the power mode changed"),
  periods: z.array(modePeriodTrace).min(1).readonly().describe("of a schedule in their order; one for a plan"),
  synthetic: z.boolean(),
});
export type ModeTrace = Readonly<z.infer<typeof modeTrace>>;
