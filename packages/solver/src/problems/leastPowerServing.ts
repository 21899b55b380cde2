import { type ConcurrentChoice, toConcurrentChoice } from "./concurrentChoice.ts";
import type { JoinedRow } from "./joinRows.ts";
import type { PowerBudget } from "./powerBudget.ts";
import { type ConcurrentDemand, meanWattsOf, serves, turnOf } from "./turns.ts";
import { within } from "./within.ts";

/** The choice of least power that serves inference and does not train; undefined when none keeps latency, load and budget; O(rows). */
export function leastPowerServing(
  rows: readonly JoinedRow[],
  demand: ConcurrentDemand,
  budget: PowerBudget,
): ConcurrentChoice | undefined {
  let least = Number.POSITIVE_INFINITY;
  let latency = Number.POSITIVE_INFINITY;
  let found: JoinedRow | undefined;
  for (const row of rows) {
    const turn = turnOf(row, demand);
    const watts = budget.kind === "peak" ? row.servingWatts : meanWattsOf(row, turn, 0);
    if (watts > least || !within(watts, budget.watts) || !serves(turn, demand)) continue;
    const thisLatency = turn.gatherSeconds + turn.serviceSeconds;
    if (watts === least && thisLatency >= latency) continue;
    least = watts;
    latency = thisLatency;
    found = row;
  }
  return found && toConcurrentChoice(found, demand, 0, budget.kind);
}
