import { z } from "zod";
import { config } from "./config.ts";
import { estimate } from "./estimate.ts";
import { load } from "./load.ts";
import { count, fraction, nonNegative } from "./units.ts";

/** What can be wrong with a measurement that still has numbers. Rows are marked, never dropped. */
export const measurementFlags = {
  unsteady: "no steady state was reached within the warm-up budget",
  imprecise: "the budget ended before the interval was as narrow as asked",
  throttled: "the device lowered its clocks for temperature or power",
  drifted:
    "the baselines of this round differ from each other, or from those of other rounds, by more than their intervals",
  "clock-jump": "the clock went backwards or leapt while measuring",
  "coarse-timer": "the clock's step exceeds 1 % of the measured time",
  "harness-cost": "the harness's own time exceeds 5 % of the measured time",
  "load-late": "requests were sent late: the 99th percentile of the lateness exceeds 5 % of the median latency",
  saturated: "the backlog was still growing at the end of an open load",
  unanswered: "some batches failed or were given up without an answer",
  "other-process": "other processes used the device while measuring",
  "over-cap": "the mean power exceeds the mode's power cap by more than 2 %: the device did not hold it",
  "power-disagrees": "the energy counter and the integral of the power readings differ by more than 5 %",
  "short-power-window": "the window is too short for the device's power meter: energy may be wrong by more than 2 %",
  "meter-stopped": "the power meter stood still while measuring: power and energy are not known",
} as const;
export type MeasurementFlag = keyof typeof measurementFlags;

/** Flags that make a measurement unfit for fitting. */
export const invalidatingFlags: readonly MeasurementFlag[] = ["throttled", "clock-jump", "saturated"];

/** One point of a campaign: what is measured, in which company, under which load, in which round. */
export const measurementPoint = z.strictObject({
  config: config.describe("the configuration measured"),
  neighbours: z
    .array(config)
    .readonly()
    .describe("configurations loaded at the same time on the rest of the device; empty when alone"),
  load: load.describe("how requests were generated"),
  round: count.describe("round of the campaign, from 0"),
});
export type MeasurementPoint = Readonly<z.infer<typeof measurementPoint>>;

/** Latency of one batch, which is its service time, and under an open load completion − intended start: mean and percentiles with distribution-free 99 % intervals; null where samples are too few. */
export const latencySummary = z.strictObject({
  mean: nonNegative.describe("arithmetic mean, s; batches that were given up count with the time until then"),
  p50: estimate.nullable().describe("median, s"),
  p90: estimate.nullable().describe("90th percentile, s; needs 51 effective samples"),
  p95: estimate.nullable().describe("95th percentile, s; needs 104"),
  p99: estimate.nullable().describe("99th percentile, s; needs 528"),
  p999: estimate.nullable().describe("99.9th percentile, s; needs 5296"),
});
export type LatencySummary = Readonly<z.infer<typeof latencySummary>>;

const reading = z.strictObject({
  mean: z.number().describe("average over time"),
  least: z.number().describe("lowest reading"),
  most: z.number().describe("highest reading"),
});

/** What the device reported of itself in the measuring window; null where it does not tell. */
export const deviceReadings = z.strictObject({
  powerSource: z
    .enum(["counter", "integral"])
    .nullable()
    .describe("what gross power and energy are taken from: the energy counter, or the integral of the power readings"),
  powerWatts: reading
    .nullable()
    .describe("power by the integral of its readings, W; the energy counter's stands beside it"),
  idleWatts: nonNegative.nullable().describe("power of the empty device, W: what net power is counted from"),
  gpuHertz: reading.nullable().describe("clock of the multiprocessors, Hz"),
  memoryHertz: reading.nullable().describe("clock of the memory, Hz"),
  temperatureCelsius: reading.nullable().describe("temperature of the chip, °C"),
  busyFraction: reading.nullable().describe("share of time with any kernel running; not the share of the chip in use"),
  clockReasons: z
    .record(z.string().regex(/^[a-z][a-z-]*$/), fraction)
    .nullable()
    .describe("why clocks were lowered → share of the window; empty when they never were"),
  batchSeconds: nonNegative.nullable().describe("time of a batch on the device by its own events, mean, s"),
});
export type DeviceReadings = Readonly<z.infer<typeof deviceReadings>>;

/** What a load and the server behind it tell of the measuring window; null where they do not tell. */
export const servingReadings = z.strictObject({
  offeredPerSecond: nonNegative
    .nullable()
    .describe("requests per second that an open load asked for; null under a closed load"),
  latenessSeconds: nonNegative
    .nullable()
    .describe(
      "how late an open load sent its batches, actual − intended start, 99th percentile; null under a closed load",
    ),
  loopDelaySeconds: nonNegative.nullable().describe("delay of the load generator's event loop, 99th percentile"),
  queueSeconds: nonNegative
    .nullable()
    .describe("time a batch waited in the server before execution, mean, by its own statistics"),
  computeSeconds: nonNegative
    .nullable()
    .describe("time a batch was executed in the server, inputs and outputs included, mean, by its own statistics"),
});
export type ServingReadings = Readonly<z.infer<typeof servingReadings>>;

/** The numbers of a measurement that ran. */
const results = z.strictObject({
  samples: count.describe("batches measured after warm-up"),
  samplesEffective: nonNegative.describe(
    "independent samples: n(1−ρ)/(1+ρ) with the lag-1 autocorrelation ρ; n when ρ ≤ 2/√n",
  ),
  autocorrelation: z.number().min(-1).max(1).describe("lag-1 autocorrelation ρ of batch latencies"),
  warmupSamples: count.describe("batches run before measuring began"),
  windowSeconds: nonNegative.describe("length of the measuring window"),
  stoppedBy: z.enum(["precision", "budget", "aborted"]).describe("why measuring ended"),
  precision: nonNegative.nullable().describe("relative half width reached for the target percentile; null when open"),
  latency: latencySummary,
  throughputPerSecond: nonNegative.describe("requests completed per second of the window"),
  cpuSeconds: nonNegative.nullable().describe("processor time per batch"),
  memoryPeakBytes: nonNegative.nullable().describe("high-water mark of resident memory"),
  powerMeanWatts: nonNegative.nullable().describe("gross device power, window mean"),
  energyPerRequestJoules: nonNegative.nullable().describe("gross device energy per completed request"),
  outliersMild: count.describe("samples outside the 1.5 IQR fences and inside the 3 IQR fences"),
  outliersSevere: count.describe("samples outside the 3 IQR fences"),
  errorFraction: fraction.describe("requests that failed or timed out, of those issued"),
  device: deviceReadings.optional().describe("what the device reported of itself; absent where it reports nothing"),
  serving: servingReadings
    .optional()
    .describe("what a load and the server behind it tell; absent for a worker with one batch in flight"),
  nulls: z.record(z.string(), z.string()).describe("for each value that is null: the reason"),
});
export type MeasurementResults = Readonly<z.infer<typeof results>>;

/**
 * One run of one configuration. A union by outcome: numbers exist only where the run had any.
 * `infeasible` is a result (out of memory, batch refused); `failed` is a fault of the worker or the harness.
 */
export const measurement = z.strictObject({
  id: z.string().describe("hash of the point, the workload's definition and the protocol version"),
  point: measurementPoint,
  position: count.describe("place in the round's random order, from 0"),
  seed: z.string().describe("seed of the round's order and of the requests"),
  baseline: z.boolean().describe("true for the default configuration that opens and closes each round"),
  environment: z.string().describe("hash of the environment; rows of different environments are never mixed silently"),
  startedAt: z.iso.datetime().describe("when it began, UTC"),
  mechanism: z.string().describe("what set the partition, e.g. cgroup-v2 period 5 ms"),
  flags: z.array(z.enum(Object.keys(measurementFlags) as [MeasurementFlag, ...MeasurementFlag[]])).readonly(),
  outcome: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("measured"), results }),
    z.strictObject({ kind: z.literal("infeasible"), reason: z.string() }),
    z.strictObject({ kind: z.literal("failed"), reason: z.string() }),
  ]),
});
export type Measurement = Readonly<z.infer<typeof measurement>>;

/** True when the numbers of a measurement may be fitted and promised. */
export function isValid(row: Measurement): boolean {
  return row.outcome.kind === "measured" && !row.flags.some((flag) => invalidatingFlags.includes(flag));
}
