import { quantile } from "@partitune/numerics";
import { formatPartition, type Surrogate, unplaced } from "@partitune/schema";
import type { ConfigurationRows, WorkloadTable } from "./aggregate.ts";
import { ratiosFromPercentiles } from "./ratiosFromPercentiles.ts";

/** Batch latencies of one measurement, by its id, in seconds; empty when they were not kept. */
export type Samples = (measurementId: string) => readonly number[];

/** How one workload's batch latency scatters, and what that rests on. */
export interface Scatter {
  readonly entries: Surrogate["serviceRatios"];
  readonly basis: "samples" | "percentiles" | "nothing";
}

/** Quantiles that describe a distribution of service times. */
const size = 101;
/** Quantiles that each configuration contributes, so that all count alike however many samples they have. */
const contribution = 1001;
/** A partition with fewer samples is described by all partitions together. */
const leastSamples = 200;

/**
 * Distribution of batch latency relative to the median of its configuration, pooled over a workload's configurations, and for each partition
 * that has enough samples.
 *
 * From raw samples where there are any; else from the measured percentiles.
 */
export function serviceRatios({ workload, configurations }: WorkloadTable, samples: Samples | undefined): Scatter {
  const scatters = samples === undefined ? [] : configurations.flatMap((rows) => scatterOf(rows, samples) ?? []);
  if (scatters.length === 0) return fromPercentiles(workload, configurations);
  const partitions = [...Map.groupBy(scatters, ({ partition }) => partition)];
  const enough = partitions.filter(([, group]) => countSamples(group) >= leastSamples);
  const entries = [...enough, [null, scatters] as const].map(([partition, group]) => ({
    workload,
    partition,
    ratios: poolRatios(group),
    samples: countSamples(group),
  }));
  return { entries, basis: "samples" };
}

interface ConfigurationScatter {
  readonly partition: string;
  /** Samples over their configuration's median, ascending. */
  readonly ratios: Float64Array;
}

function scatterOf({ config, rows }: ConfigurationRows, samples: Samples): ConfigurationScatter | undefined {
  const ids = new Set(rows.map(({ id }) => id));
  const latencies = [...ids].flatMap((id) => samples(id)).filter((latency) => latency > 0);
  if (latencies.length === 0) return undefined;
  const sorted = Float64Array.from(latencies).sort();
  const median = quantile(sorted, 0.5);
  return { partition: formatPartition(unplaced(config.partition)), ratios: sorted.map((latency) => latency / median) };
}

function countSamples(group: readonly ConfigurationScatter[]): number {
  return group.reduce((sum, { ratios }) => sum + ratios.length, 0);
}

function poolRatios(group: readonly ConfigurationScatter[]): number[] {
  const pooled = Float64Array.from(group.flatMap(({ ratios }) => quantiles(ratios, contribution))).sort();
  return quantiles(pooled, size);
}

/** Quantiles at (i + 0.5)/n. */
function quantiles(sorted: ArrayLike<number>, n: number): number[] {
  return Array.from({ length: n }, (_, i) => quantile(sorted, (i + 0.5) / n));
}

function fromPercentiles(workload: string, configurations: readonly ConfigurationRows[]): Scatter {
  const { ratios, samples } = ratiosFromPercentiles(configurations, size);
  return {
    entries: [{ workload, partition: null, ratios, samples }],
    basis: ratios.length === 1 ? "nothing" : "percentiles",
  };
}
