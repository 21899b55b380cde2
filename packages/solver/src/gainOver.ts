import type { ModeChoice, ModeProblem } from "@partitune/schema";
import { modeObjective } from "./modeObjective.ts";

/**
 * How much better a choice is than another, in the direction that the problem wants: 0.25 is a quarter less time, or a quarter more
 * throughput; below 0 it is worse.
 *
 * @returns null when the other one reaches nothing, so that no ratio exists
 */
export function gainOver(problem: ModeProblem, choice: ModeChoice, other: ModeChoice): number | null {
  if (other.value === 0) return null;
  const ratio = choice.value / other.value;
  return modeObjective(problem).better === "lower" ? 1 - ratio : ratio - 1;
}
