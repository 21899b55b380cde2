import { nonDominatedSort } from "@partitune/numerics";
import type { Evaluation } from "./optimiser.ts";
import { violationOf } from "./violationOf.ts";

/**
 * Sorts evaluations into fronts by constrained domination: feasible beats infeasible, then the smaller total violation beats the larger,
 * then the objectives decide. Invalid ones come last, together.
 *
 * @returns the indices of each front, best front first, ascending within each
 * @see K. Deb et al., A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II (2002), section VI
 */
export function sortByDomination(evaluations: readonly Evaluation[]): readonly (readonly number[])[] {
  const violations = evaluations.map(violationOf);
  const byViolation = Map.groupBy(evaluations.keys(), (i) => violations[i]!);
  const invalid = byViolation.get(Number.NaN);
  byViolation.delete(Number.NaN);
  const groups = [...byViolation].sort(([a], [b]) => a - b);
  const fronts = groups.flatMap(([, group]) => {
    const rows = group.map((i) => evaluations[i]!.objectives);
    return nonDominatedSort(rows, rows[0]!.length).map((front) => front.map((k) => group[k]!));
  });
  return invalid === undefined ? fronts : [...fronts, invalid];
}
