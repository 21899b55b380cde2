import type { FleetStream } from "@partitune/schema";
import { responseDistribution } from "../responseDistribution.ts";
import { responseEstimates } from "../responseEstimates.ts";
import type { ServiceLoad } from "./fleet.ts";
import type { ServiceTally } from "./serviceTally.ts";

/**
 * What happened to the requests of one service. Of a service without requests every deadline was kept.
 *
 * @param promised  percentiles that the plan promises for it, 0 < p < 1
 * @param confidence  coverage of the intervals
 */
export function summariseService(
  { name, workload }: ServiceLoad,
  tally: ServiceTally,
  promised: readonly number[],
  confidence: number,
): FleetStream {
  const { window, failed, completed, late, batches, saturated } = tally;
  const seconds = window.end - window.start;
  const response = responseEstimates(tally.sections, batches, confidence);
  const requests = response.whole.count;
  const came = requests + failed;
  return {
    service: name,
    workload,
    offeredPerSecond: came / seconds,
    completedPerSecond: completed / seconds,
    requests,
    failed,
    response: {
      mean: response.mean?.value ?? 0,
      p50: response.percentile(0.5),
      p90: response.percentile(0.9),
      p95: response.percentile(0.95),
      p99: response.percentile(0.99),
      p999: response.percentile(0.999),
    },
    promised: promised.map((percentile) => ({ percentile, response: response.percentile(percentile) })),
    distribution: responseDistribution(response.whole),
    saturated,
    attainment: came === 0 ? 1 : (requests - late) / came,
  };
}
