import {
  lagOneAutocorrelation,
  leastSamples,
  outlierLabel,
  quantile,
  quantileInterval,
  tukeyFences,
} from "@partitune/numerics";
import type {
  DeviceReadings,
  Estimate,
  Joules,
  LatencySummary,
  MeasurementResults,
  Protocol,
  Samples,
  Seconds,
  Watts,
} from "@partitune/schema";
import { independentSamples } from "./independentSamples.ts";
import { type MeasuredLatency, measuredLatency } from "./measuredLatency.ts";
import { measuredWindow } from "./measuredWindow.ts";
import { summariseDevice } from "./summariseDevice.ts";
import { thin } from "./thin.ts";
import { energyColumns, type UsageInWindow } from "./usageInWindow.ts";

/** What a summary depends on beside the samples. */
export interface SummaryContext {
  /** Requests per batch. */
  readonly batch: number;
  readonly protocol: Pick<Protocol, "confidence" | "targetQuantile">;
  readonly stoppedBy: MeasurementResults["stoppedBy"];
  readonly usage: UsageInWindow;
  /** Power of the empty device, W; null or absent when it was not measured. */
  readonly idleWatts?: Watts | null;
}

/** Percentiles that are reported, with their column. */
const percentiles = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999 } as const;
type Percentile = keyof typeof percentiles;

/**
 * The numbers of a measurement from its raw samples: every one can be computed again from the journal.
 *
 * Percentiles are observed samples. Their intervals are distribution-free, at the protocol's confidence, and count
 * *independent* samples. A percentile whose upper bound does not exist is null, with the reason; so is one that a batch without answer
 * stands at, which would only say "at least the time-out".
 *
 * @param samples  with at least one measured batch that was answered or given up
 * @throws RangeError when there is none
 */
export function summarise(samples: Samples, context: SummaryContext): MeasurementResults {
  const measured = measuredLatency(samples);
  const { seconds: latencies, issued, answered } = measured;
  const { batch, protocol, usage } = context;
  const { from, to } = measuredWindow(samples);
  const window = to - from;
  const told = summariseDevice(
    samples,
    { from, to },
    {
      counted: usage.energyJoules !== null,
      stopped: usage.meterStopped === true,
      idleWatts: context.idleWatts ?? null,
    },
  );
  const energy = energyOf(usage, told?.device, window);
  const sorted = Float64Array.from(latencies).sort();
  const effective = independentSamples(latencies);
  const nulls: Record<string, string> = { ...usage.reasons, ...told?.nulls };
  if (energy !== null) for (const column of energyColumns) delete nulls[column];
  const latency = latencyOf(sorted, measured, effective, protocol.confidence, nulls);
  const target = quantileEstimate(sorted, effective, protocol.targetQuantile, protocol.confidence);
  const precision = precisionOf(uncensored(target, measured.censoredFrom) ?? { ...target, high: null });
  if (precision === null) nulls.precision_ratio = "the interval of the target percentile is open: too few samples";
  return {
    samples: latencies.length,
    samplesEffective: effective,
    autocorrelation: Math.min(1, Math.max(-1, lagOneAutocorrelation(latencies))),
    warmupSamples: samples.warmup,
    windowSeconds: window,
    stoppedBy: context.stoppedBy,
    precision,
    latency,
    throughputPerSecond: (answered * batch) / window,
    cpuSeconds: usage.cpuSeconds === null ? null : usage.cpuSeconds / issued,
    memoryPeakBytes: usage.memoryPeakBytes,
    powerMeanWatts: energy === null ? null : energy / window,
    energyPerRequestJoules: perRequest(energy, answered * batch),
    ...countOutliers(latencies),
    errorFraction: (issued - answered) / issued,
    ...(told === undefined ? {} : { device: told.device }),
    nulls,
  };
}

/** By the energy counter; where there is none, by the integral of the power readings. A counter that stopped makes those doubtful, too. */
function energyOf(usage: UsageInWindow, device: DeviceReadings | undefined, window: Seconds): Joules | null {
  if (usage.energyJoules !== null) return usage.energyJoules;
  return device?.powerSource === "integral" && device.powerWatts !== null ? device.powerWatts.mean * window : null;
}

function perRequest(total: number | null, requests: number): number | null {
  return total === null || requests === 0 ? null : total / requests;
}

/** A percentile as far as it is known: batches that were given up after `censoredFrom` or later took longer than they show. */
function uncensored({ value, low, high }: Estimate, censoredFrom: Seconds): Estimate | null {
  if (value >= censoredFrom) return null;
  return { value, low, high: high === null || high >= censoredFrom ? null : high };
}

/** Relative half width of an interval; null when a side is open. */
export function precisionOf(estimate: Estimate): number | null {
  const { value, low, high } = estimate;
  return low === null || high === null || value === 0 ? null : (high - low) / 2 / value;
}

/**
 * A percentile with its interval, from correlated samples that are worth `effective` independent ones.
 *
 * @param sorted  service times in ascending order, at least one
 */
export function quantileEstimate(sorted: Float64Array, effective: number, p: number, confidence: number): Estimate {
  const value = quantile(sorted, p);
  const { lower, upper } = quantileInterval(thin(sorted, Math.max(1, Math.floor(effective))), p, confidence);
  return {
    value,
    low: lower === undefined ? null : Math.min(lower, value),
    high: upper === undefined ? null : Math.max(upper, value),
  };
}

function latencyOf(
  sorted: Float64Array,
  { censoredFrom, timedOut, issued }: MeasuredLatency,
  effective: number,
  confidence: number,
  nulls: Record<string, string>,
): LatencySummary {
  const estimateOf = (name: Percentile) => {
    const least = leastFor(percentiles[name], confidence);
    if (effective >= least) {
      const known = uncensored(quantileEstimate(sorted, effective, percentiles[name], confidence), censoredFrom);
      if (known !== null) return known;
      nulls[`latency_${name}_s`] =
        `at least ${Number(censoredFrom.toPrecision(4))} s, after which ${timedOut} of ${issued} batches were given up without an answer`;
      return null;
    }
    nulls[`latency_${name}_s`] =
      `${name} needs at least ${least} independent samples, got ${Math.floor(effective)}; measure longer`;
    return null;
  };
  return {
    mean: sorted.reduce((sum, time) => sum + time, 0) / sorted.length,
    p50: estimateOf("p50"),
    p90: estimateOf("p90"),
    p95: estimateOf("p95"),
    p99: estimateOf("p99"),
    p999: estimateOf("p999"),
  };
}

const knownLeast = new Map<string, number>();

function leastFor(p: number, confidence: number): number {
  const key = `${p} ${confidence}`;
  const known = knownLeast.get(key) ?? leastSamples(p, { confidence, sides: "upper" });
  knownLeast.set(key, known);
  return known;
}

function countOutliers(latencies: readonly Seconds[]): Pick<MeasurementResults, "outliersMild" | "outliersSevere"> {
  const fences = tukeyFences(latencies);
  const labels = latencies.map((time) => outlierLabel(time, fences));
  return {
    outliersMild: labels.filter((label) => label.endsWith("Mild")).length,
    outliersSevere: labels.filter((label) => label.endsWith("Severe")).length,
  };
}
