import type { Evaluation } from "./optimiser.ts";

/**
 * By how much a point breaks its constraints in sum: 0 for a feasible one. NaN for an invalid one, of which an objective is not a finite
 * number or a constraint is not a number.
 */
export function violationOf({ objectives, constraints = [] }: Evaluation): number {
  if (!objectives.every(Number.isFinite)) return Number.NaN;
  return constraints.reduce((sum, constraint) => sum + Math.max(0, constraint), 0);
}
