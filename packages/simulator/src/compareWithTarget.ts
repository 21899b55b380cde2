import type { Estimate, PlanPromise, Verdict } from "@partitune/schema";

/**
 * Kept when the whole interval is on the promised side of the target, broken when none of it is, else undecided. A side that is open
 * decides nothing.
 */
export function compareWithTarget(
  { relation, target }: Pick<PlanPromise, "relation" | "target">,
  { low, high }: Estimate,
): Verdict {
  const [best, worst] = relation === "at-most" ? [low, high] : [high, low];
  const holds = (value: number): boolean => (relation === "at-most" ? value <= target : value >= target);
  if (worst !== null && holds(worst)) return "kept";
  return best !== null && !holds(best) ? "broken" : "undecided";
}
