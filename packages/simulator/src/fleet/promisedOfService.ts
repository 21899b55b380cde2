import type { FleetPlan } from "@partitune/schema";

/** The percentiles at which a plan promises response times of a service, and that of its deadline: ascending, each once. */
export function promisedOfService({ promises, services }: FleetPlan, name: string): readonly number[] {
  const promised = promises
    .filter(({ metric, subject }) => metric === "response_s" && subject === name)
    .map(({ percentile }) => percentile);
  const own = services.filter((service) => service.name === name).map(({ percentile }) => percentile);
  const percentiles = [...promised, ...own].filter((percentile) => percentile !== null);
  return [...new Set(percentiles)].filter((p) => p > 0 && p < 1).sort((a, b) => a - b);
}
