import type { Fraction, PerSecond, Seconds, Watts } from "@partitune/schema";
import type { JoinedRow } from "./joinRows.ts";
import type { PowerBudget } from "./powerBudget.ts";
import { type ConcurrentDemand, meanWattsOf, toleranceOf, turnOf } from "./turns.ts";

/** A power mode and an inference minibatch to train beside inference with. */
export interface ConcurrentChoice {
  readonly mode: string;
  /** Requests of an inference minibatch; null at rate 0, where training has the device for itself. */
  readonly batch: number | null;
  /** Time between inference minibatches; null at rate 0. */
  readonly windowSeconds: Seconds | null;
  /** Worst latency of a request; null at rate 0. */
  readonly latencySeconds: Seconds | null;
  /** How late a training minibatch may let inference start. */
  readonly toleratedSeconds: Seconds;
  /** Training minibatches per window, on average; null at rate 0. */
  readonly minibatchesPerWindow: number | null;
  /** Training minibatches per second; 0 when training starves. */
  readonly trainingRate: PerSecond;
  /** Part of the time that inference takes. */
  readonly load: Fraction;
  /** As the budget counts it: the hungriest minibatch, or the mean over a window. */
  readonly watts: Watts;
}

/** A row with a number of training minibatches per window, as a choice. */
export function toConcurrentChoice(
  row: JoinedRow,
  demand: ConcurrentDemand,
  minibatches: number,
  budgetKind: PowerBudget["kind"],
): ConcurrentChoice {
  const turn = turnOf(row, demand);
  const tolerated = minibatches === 0 ? 0 : Math.min(toleranceOf(row, turn, demand) ?? 0, row.trainingSeconds);
  const peak = minibatches === 0 ? row.servingWatts : row.peakWatts;
  return {
    mode: row.mode,
    batch: row.batch,
    windowSeconds: turn.windowSeconds,
    latencySeconds: turn.gatherSeconds + turn.serviceSeconds + tolerated,
    toleratedSeconds: tolerated,
    minibatchesPerWindow: minibatches,
    trainingRate: minibatches / turn.windowSeconds,
    load: turn.serviceSeconds / turn.windowSeconds,
    watts: budgetKind === "peak" ? peak : meanWattsOf(row, turn, minibatches),
  };
}
