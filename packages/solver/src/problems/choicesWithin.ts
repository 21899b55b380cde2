import { affordableMinibatches } from "./bestUnderAverage.ts";
import { type ConcurrentChoice, toConcurrentChoice } from "./concurrentChoice.ts";
import type { JoinedRow } from "./joinRows.ts";
import type { PowerBudget } from "./powerBudget.ts";
import { type ConcurrentDemand, mostMinibatches, serves, turnOf } from "./turns.ts";
import { within } from "./within.ts";

/** Every row that keeps latency, load and budget, with as much training as each can have; O(rows). */
export function choicesWithin(
  rows: readonly JoinedRow[],
  demand: ConcurrentDemand,
  budget: PowerBudget,
): readonly ConcurrentChoice[] {
  return rows
    .filter((row) => serves(turnOf(row, demand), demand))
    .map((row) => toConcurrentChoice(row, demand, minibatchesWithin(row, demand, budget), budget.kind))
    .filter(({ watts }) => within(watts, budget.watts));
}

function minibatchesWithin(row: JoinedRow, demand: ConcurrentDemand, budget: PowerBudget): number {
  if (budget.kind === "average") return Math.max(0, affordableMinibatches(row, demand, budget.watts));
  return within(row.peakWatts, budget.watts) ? mostMinibatches(row, turnOf(row, demand), demand) : 0;
}
