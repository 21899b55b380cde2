import type { Random } from "@partitune/numerics";
import { InputError } from "@partitune/schema";

/** What one run costs. */
export interface LearntCost {
  /** Seconds per minibatch, or per batch. */
  readonly timeSeconds: number;
  readonly powerWatts: number;
}

/** A measured run of one workload: the settings of its mode (SI, always in the same order), with the batch after them where it varies. */
export interface CostRow extends LearntCost {
  readonly x: readonly number[];
}

/** Predicts the cost of a mode, measured or not; x as in the rows it was learnt from. */
export type CostFunction = (x: readonly number[]) => LearntCost;

/**
 * Learns the costs of one workload from measured runs.
 *
 * @throws InputError without rows, or when a setting, a time or a power is not positive
 */
export type LearnCosts = (rows: readonly CostRow[], random: Random) => CostFunction;

/** Settings, times and powers are positive, as they enter by their logarithms; rows have the same settings. */
export function checkCostRows(rows: readonly CostRow[]): void {
  if (rows.length === 0) throw fault("has no rows", "measure at least one mode first");
  const width = rows[0].x.length;
  for (const [i, row] of rows.entries()) {
    if (row.x.length !== width || width === 0) {
      const problem = `has ${row.x.length} settings in row ${i} and ${width} in the first`;
      throw fault(problem, "give every row the same settings");
    }
    const values = [...row.x, row.timeSeconds, row.powerWatts];
    const wrong = values.find((value) => !(value > 0 && Number.isFinite(value)));
    if (wrong !== undefined)
      throw fault(`holds ${wrong} in row ${i}, where only positive numbers can be`, "leave failed runs out");
  }
}

function fault(problem: string, advice: string): InputError {
  return new InputError({ what: "the table of measured costs", problem, advice });
}
