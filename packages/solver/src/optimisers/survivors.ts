import { crowdingDistances } from "@partitune/numerics";
import type { Evaluation } from "./optimiser.ts";
import { sortByDomination } from "./sortByDomination.ts";

/** An evaluation and how it stands among others. */
export interface Survivor {
  readonly evaluation: Evaluation;
  /** Which front it is in, from 0. */
  readonly rank: number;
  /** How alone it is in its front. */
  readonly distance: number;
}

/**
 * The best evaluations: whole fronts while they fit, and of the next one those that are most alone.
 *
 * @returns at most `count`, best front first, and within a front the most alone first
 */
export function survivors(evaluations: readonly Evaluation[], count: number): readonly Survivor[] {
  const kept: Survivor[] = [];
  for (const [rank, front] of sortByDomination(evaluations).entries()) {
    if (kept.length >= count) break;
    const members = front.map((i) => evaluations[i]!);
    const distances = distancesOf(members);
    const ordered = members.map((evaluation, k) => ({ evaluation, rank, distance: distances[k]! }));
    kept.push(...ordered.sort((a, b) => (a.distance === b.distance ? 0 : b.distance - a.distance)));
  }
  return kept.slice(0, count);
}

/** Zeros where an objective is not finite: nothing can be said about the room around it. */
function distancesOf(members: readonly Evaluation[]): ArrayLike<number> {
  const rows = members.map(({ objectives }) => objectives);
  if (!rows.flat().every(Number.isFinite)) return new Float64Array(rows.length);
  return crowdingDistances(rows, rows[0]!.length);
}
