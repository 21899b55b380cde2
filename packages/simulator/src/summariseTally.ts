import type { StreamTrace } from "@partitune/schema";
import { responseDistribution } from "./responseDistribution.ts";
import { responseEstimates } from "./responseEstimates.ts";
import type { Station } from "./station.ts";
import type { Tally } from "./tally.ts";

/**
 * The trace of one station from what its run left behind.
 *
 * @param promised  percentiles the plan promises for this station, 0 < p < 1
 * @param confidence  coverage of the intervals
 */
export function summariseTally(
  station: Station,
  tally: Tally,
  promised: readonly number[],
  confidence: number,
): StreamTrace {
  const { window, batchCounts } = tally;
  const seconds = window.end - window.start;
  const response = responseEstimates(tally.sections, sum(batchCounts), confidence);
  const requests = response.whole.count;
  const mean = response.mean?.value ?? 0;
  const serviceMean = requests === 0 ? 0 : tally.serviceSum / requests;
  return {
    placement: station.placement,
    workload: station.workload,
    offeredPerSecond: (requests + tally.failed) / seconds,
    completedPerSecond: tally.completed / seconds,
    requests,
    failed: tally.failed,
    response: {
      mean,
      p50: response.percentile(0.5),
      p90: response.percentile(0.9),
      p95: response.percentile(0.95),
      p99: response.percentile(0.99),
      p999: response.percentile(0.999),
    },
    distribution: responseDistribution(response.whole),
    promised: promised.map((percentile) => ({ percentile, response: response.percentile(percentile) })),
    queueMeanSeconds: Math.max(0, mean - serviceMean),
    serviceMeanSeconds: serviceMean,
    busyFraction: Math.min(1, tally.busy / seconds),
    batchCounts: [...batchCounts.subarray(1)],
    saturated: tally.saturated,
  };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
