import type { Plan } from "@partitune/schema";

/**
 * The percentiles at which a plan promises response times, ascending, each once.
 *
 * @param workload  only the promises about this one
 */
export function promisedPercentiles(plan: Plan, workload?: string): readonly number[] {
  const percentiles = plan.promises
    .filter((promise) => promise.metric === "response_s" && (workload === undefined || promise.subject === workload))
    .map((promise) => promise.percentile)
    .filter((percentile) => percentile !== null && percentile > 0 && percentile < 1);
  return [...new Set(percentiles as readonly number[])].sort((a, b) => a - b);
}
