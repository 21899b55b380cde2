import { hypervolume, paretoFront as nonDominated } from "@partitune/numerics";
import type { FrontPoint, Made, ParetoFront, Violation } from "@partitune/schema";

/** One alternative before it is known whether it is on the front. */
export interface Alternative {
  readonly id: string;
  /** One number per objective. */
  readonly values: readonly number[];
  readonly violations: readonly Violation[];
}

/** What a front is made of. */
export interface FrontInput {
  readonly objectives: ParetoFront["objectives"];
  readonly alternatives: readonly Alternative[];
  readonly made: Made;
  readonly synthetic: boolean;
}

/** The reference point lies this part of the feasible range beyond the worst feasible value. */
const beyondWorst = 0.1;

/**
 * The Pareto front of alternatives: those that break nothing and that none of their kind beats. The others are kept beside it.
 *
 * The reference point of the hypervolume lies a tenth of the feasible range beyond the worst feasible value of each objective, so
 * that the ends of the front count. It is recorded, since hypervolumes compare only under one reference.
 */
export function frontOf({ objectives, alternatives, made, synthetic }: FrontInput): ParetoFront {
  const signs = objectives.map(({ better }) => (better === "lower" ? 1 : -1));
  const feasible = alternatives.filter(({ violations }) => violations.length === 0);
  const minimised = feasible.map(({ values }) => values.map((value, i) => signs[i]! * value));
  const best = new Set(minimised.length === 0 ? [] : nonDominated(minimised).map((i) => feasible[i]!));
  const points: FrontPoint[] = alternatives.map((each) => ({ ...each, onFront: best.has(each) }));
  const reference = minimised.length === 0 ? null : referencePoint(minimised, signs.length);
  return {
    kind: "pareto-front",
    version: 1,
    made,
    objectives,
    points,
    reference: reference?.map((value, i) => signs[i]! * value) ?? null,
    hypervolume: reference === null ? null : hypervolume(minimised, reference),
    synthetic,
  };
}

function referencePoint(minimised: readonly (readonly number[])[], count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const column = minimised.map((row) => row[i]!);
    const least = column.reduce((a, b) => Math.min(a, b));
    const most = column.reduce((a, b) => Math.max(a, b));
    return most + beyondWorst * (most - least || Math.abs(most) || 1);
  });
}
