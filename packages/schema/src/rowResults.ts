import { describeFound } from "./describeFound.ts";
import type { Estimate } from "./estimate.ts";
import { InputError } from "./inputError.ts";
import type { MeasurementResults } from "./measurement.ts";
import { numberSlot as at } from "./rowNumbers.ts";

/**
 * The results of a measured row.
 *
 * @param values  its numbers, checked and filled
 * @throws InputError when an interval does not hold its value
 */
export function rowResults(
  values: Float64Array,
  stoppedBy: MeasurementResults["stoppedBy"],
  nulls: MeasurementResults["nulls"],
): MeasurementResults {
  return {
    samples: values[at.samples_count]!,
    samplesEffective: values[at.samples_effective_count]!,
    autocorrelation: values[at.autocorrelation_ratio]!,
    warmupSamples: values[at.warmup_samples_count]!,
    windowSeconds: values[at.window_s]!,
    stoppedBy,
    precision: orNull(values[at.precision_ratio]!),
    latency: {
      mean: values[at.latency_mean_s]!,
      p50: percentile(values, at.latency_p50_s, at.latency_p50_low_s, at.latency_p50_high_s, "p50"),
      p90: percentile(values, at.latency_p90_s, at.latency_p90_low_s, at.latency_p90_high_s, "p90"),
      p95: percentile(values, at.latency_p95_s, at.latency_p95_low_s, at.latency_p95_high_s, "p95"),
      p99: percentile(values, at.latency_p99_s, at.latency_p99_low_s, at.latency_p99_high_s, "p99"),
      p999: percentile(values, at.latency_p999_s, at.latency_p999_low_s, at.latency_p999_high_s, "p999"),
    },
    throughputPerSecond: values[at.throughput_per_s]!,
    cpuSeconds: orNull(values[at.cpu_s]!),
    memoryPeakBytes: orNull(values[at.memory_peak_bytes]!),
    powerMeanWatts: orNull(values[at.power_mean_w]!),
    energyPerRequestJoules: orNull(values[at.energy_per_request_j]!),
    outliersMild: values[at.outliers_mild_count]!,
    outliersSevere: values[at.outliers_severe_count]!,
    errorFraction: values[at.error_fraction]!,
    nulls,
  };
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function percentile(values: Float64Array, point: number, below: number, above: number, name: string): Estimate | null {
  const value = values[point]!;
  const low = values[below]!;
  const high = values[above]!;
  if (Number.isNaN(value)) {
    if (Number.isNaN(low) && Number.isNaN(high)) return null;
    throw problem(name, "is empty, but has an interval", "fill it in, or empty the interval's columns");
  }
  if (low > value)
    throw problem(name, `is ${value}, below the low end ${low} of its interval`, "correct one of the two");
  if (high < value)
    throw problem(name, `is ${value}, above the high end ${high} of its interval`, "correct one of the two");
  return { value, low: orNull(low), high: orNull(high) };
}

function problem(name: string, problem: string, advice: string): InputError {
  return new InputError({ what: `column ${describeFound(`latency_${name}_s`)}`, problem, advice });
}
