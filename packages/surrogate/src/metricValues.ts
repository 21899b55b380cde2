import type { Measurement, MeasurementResults, Metric } from "@partitune/schema";

/** Where each metric stands in the results of a measurement; null or undefined where it was not read. */
const readers: Readonly<Record<Metric, (results: MeasurementResults) => number | null | undefined>> = {
  latency_mean_s: ({ latency }) => latency.mean,
  latency_p50_s: ({ latency }) => latency.p50?.value,
  latency_p90_s: ({ latency }) => latency.p90?.value,
  latency_p99_s: ({ latency }) => latency.p99?.value,
  throughput_per_s: ({ throughputPerSecond }) => throughputPerSecond,
  cpu_s: ({ cpuSeconds }) => cpuSeconds,
  memory_peak_bytes: ({ memoryPeakBytes }) => memoryPeakBytes,
  power_mean_w: ({ powerMeanWatts }) => powerMeanWatts,
  energy_per_request_j: ({ energyPerRequestJoules }) => energyPerRequestJoules,
};

/** Values of a metric in those measurements that have it. */
export function metricValues(rows: readonly Measurement[], metric: Metric): number[] {
  return resultsOf(rows)
    .map(readers[metric])
    .filter((value) => value !== null && value !== undefined);
}

/** The numbers of those measurements that ran. */
export function resultsOf(rows: readonly Measurement[]): MeasurementResults[] {
  return rows.flatMap(({ outcome }) => (outcome.kind === "measured" ? [outcome.results] : []));
}
