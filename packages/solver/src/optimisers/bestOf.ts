import { paretoFront } from "@partitune/numerics";
import type { Evaluation } from "./optimiser.ts";
import { violationOf } from "./violationOf.ts";

/**
 * The best of some evaluations: the feasible ones that no other dominates, each vector of objectives once; with none feasible, those of
 * least violation instead. Empty only when all are invalid.
 */
export function bestOf(evaluations: readonly Evaluation[]): readonly Evaluation[] {
  const violations = evaluations.map(violationOf);
  const valid = violations.filter((violation) => !Number.isNaN(violation));
  const least = valid.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const candidates = evaluations.filter((_, i) => violations[i] === least);
  const distinct = [...new Map(candidates.map((evaluation) => [evaluation.objectives.join(), evaluation])).values()];
  return paretoFront(distinct.map(({ objectives }) => objectives)).map((i) => distinct[i]!);
}
