import { InputError } from "@partitune/schema";
import { type CostFunction, type CostRow, checkCostRows } from "./costs.ts";

/**
 * The measured costs themselves, by the settings of the mode; of a mode measured twice, the later.
 *
 * @throws InputError without rows, or when a setting, a time or a power is not positive; the function, at a mode that was not measured
 */
export function lookupCosts(rows: readonly CostRow[]): CostFunction {
  checkCostRows(rows);
  const table = new Map(rows.map(({ x, timeSeconds, powerWatts }) => [x.join(), { timeSeconds, powerWatts }]));
  return (x) => {
    const cost = table.get(x.join());
    if (cost !== undefined) return cost;
    throw new InputError({
      what: `the mode (${x.join(", ")})`,
      problem: "was not measured with the reference workload",
      advice: "profile the reference workload in all modes, or use a model of it",
    });
  };
}
