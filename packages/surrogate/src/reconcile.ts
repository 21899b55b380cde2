import type { Estimate, Metric } from "@partitune/schema";

type Metrics = Partial<Record<Metric, Estimate>>;

const percentiles = ["latency_p50_s", "latency_p90_s", "latency_p99_s"] as const;

/**
 * Makes separately predicted metrics agree.
 *
 * - p50 ≤ p90 ≤ p99, for values and for the ends of intervals: a higher percentile is raised to the lower one, never the reverse, since the lower
 *   ones rest on more rows and a latency should not be promised too low.
 * - Throughput is at most batch / mean latency, since every process has one batch in flight; the upper end is cut at batch / (lower end of latency).
 *
 * @param batch  requests in flight: those of one batch, times the processes
 */
export function reconcile(metrics: Metrics, batch: number): Metrics {
  return { ...metrics, ...ordered(metrics), ...feasibleThroughput(metrics, batch) };
}

function ordered(metrics: Metrics): Metrics {
  const raised: Metrics = {};
  let below: Estimate | undefined;
  for (const metric of percentiles) {
    const estimate = metrics[metric];
    if (estimate === undefined) continue;
    below = below === undefined ? estimate : raise(estimate, below);
    raised[metric] = below;
  }
  return raised;
}

/** An open end stays open. */
function raise(estimate: Estimate, below: Estimate): Estimate {
  return {
    value: Math.max(estimate.value, below.value),
    low: estimate.low === null ? null : Math.max(estimate.low, below.low ?? estimate.low),
    high: estimate.high === null ? null : Math.max(estimate.high, below.high ?? below.value),
  };
}

function feasibleThroughput(
  { throughput_per_s: throughput, latency_mean_s: latency }: Metrics,
  batch: number,
): Metrics {
  if (throughput === undefined || latency === undefined) return {};
  const most = batch / latency.value;
  return {
    throughput_per_s: {
      value: Math.min(throughput.value, most),
      low: throughput.low === null ? null : Math.min(throughput.low, most),
      high:
        throughput.high === null ? null : Math.min(throughput.high, latency.low === null ? most : batch / latency.low),
    },
  };
}
