import type { Watts } from "@partitune/schema";
import { type ConcurrentChoice, toConcurrentChoice } from "./concurrentChoice.ts";
import type { JoinedRow } from "./joinRows.ts";
import { type ConcurrentDemand, idleSecondsOf, meanWattsOf, mostMinibatches, serves, turnOf } from "./turns.ts";
import { floorWithin, roundingTolerance, within } from "./within.ts";

/** Rates that differ by less are equal, so that rounding does not outvote power. */
const better = 1 + roundingTolerance;

/**
 * The highest training rate under an average budget, with the number of training minibatches per window a decision; O(rows).
 *
 * @returns undefined when none can train within the budget
 */
export function bestUnderAverage(
  rows: readonly JoinedRow[],
  demand: ConcurrentDemand,
  budgetWatts: Watts,
): ConcurrentChoice | undefined {
  let best: ConcurrentChoice | undefined;
  for (const row of rows) {
    const minibatches = affordableMinibatches(row, demand, budgetWatts);
    if (minibatches <= 0) continue;
    const choice = toConcurrentChoice(row, demand, minibatches, "average");
    if (best === undefined || isBetter(choice, best)) best = choice;
  }
  return best;
}

function isBetter(choice: ConcurrentChoice, best: ConcurrentChoice): boolean {
  if (choice.trainingRate > best.trainingRate * better) return true;
  if (choice.trainingRate * better < best.trainingRate) return false;
  return choice.watts !== best.watts ? choice.watts < best.watts : choice.latencySeconds! < best.latencySeconds!;
}

/** All that fit in time when the mean allows, else the most whole minibatches that it allows in every window. */
export function affordableMinibatches(row: JoinedRow, demand: ConcurrentDemand, budgetWatts: Watts): number {
  const turn = turnOf(row, demand);
  if (!serves(turn, demand)) return 0;
  const most = mostMinibatches(row, turn, demand);
  if (within(meanWattsOf(row, turn, most), budgetWatts)) return most;
  const perMinibatch = ((row.trainingWatts - row.idleWatts) * row.trainingSeconds) / turn.windowSeconds;
  if (perMinibatch <= 0) return 0;
  const affordable = floorWithin((budgetWatts - meanWattsOf(row, turn, 0)) / perMinibatch);
  return Math.min(affordable, floorWithin(idleSecondsOf(turn) / row.trainingSeconds));
}
