import type { Watts } from "@partitune/schema";
import { type ConcurrentChoice, toConcurrentChoice } from "./concurrentChoice.ts";
import type { JoinedRow } from "./joinRows.ts";
import { type ConcurrentDemand, idleSecondsOf, mostMinibatches, serves, turnOf } from "./turns.ts";
import { roundingTolerance, within } from "./within.ts";

/** Rates that differ by less are equal, so that rounding does not outvote power. */
const better = 1 + roundingTolerance;

/**
 * The highest training rate under each of many peak budgets, in one pass: what a lower budget found stays best for the next one
 * until a row of more power beats it.
 *
 * @param rows  from the least peak power up, as joinRows gives them
 * @param demand  of a rate above 0
 * @param budgetsWatts  rising
 * @returns a choice that trains, per budget; undefined where none does; O(rows + budgets)
 */
export function concurrentSweep(
  rows: readonly JoinedRow[],
  demand: ConcurrentDemand,
  budgetsWatts: readonly Watts[],
): readonly (ConcurrentChoice | undefined)[] {
  let best: ConcurrentChoice | undefined;
  let next = 0;
  return budgetsWatts.map((budget) => {
    for (; next < rows.length && within(rows[next]!.peakWatts, budget); next++) {
      best = betterOf(best, rows[next]!, demand);
    }
    return best;
  });
}

/** The row's choice when it trains more than the best, which draws no more power; with the rate's bound first, as it is cheap. */
function betterOf(
  best: ConcurrentChoice | undefined,
  row: JoinedRow,
  demand: ConcurrentDemand,
): ConcurrentChoice | undefined {
  const turn = turnOf(row, demand);
  const rateToBeat = (best?.trainingRate ?? 0) * better;
  if (idleSecondsOf(turn) <= rateToBeat * row.trainingSeconds * turn.windowSeconds) return best;
  if (!serves(turn, demand)) return best;
  const minibatches = mostMinibatches(row, turn, demand);
  if (minibatches <= rateToBeat * turn.windowSeconds) return best;
  return toConcurrentChoice(row, demand, minibatches, "peak");
}
