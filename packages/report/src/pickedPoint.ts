import { formatConfig, type ParetoFront, type Plan } from "@partitune/schema";

/**
 * The id of the alternative that a plan took: the one that names the same configurations in any order, or, on the front of one
 * workload's configurations, the configuration that the plan gives it.
 */
export function pickedPoint({ points }: ParetoFront, { placements }: Plan): string | null {
  const taken = placements.map(({ config }) => formatConfig(config));
  const together = taken.toSorted().join(" | ");
  const found = points.find(({ id }) => taken.includes(id) || id.split(" | ").toSorted().join(" | ") === together);
  return found?.id ?? null;
}
