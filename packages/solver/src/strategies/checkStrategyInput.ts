import { InputError } from "@partitune/schema";
import type { ProbeOutcome, StrategyInput } from "./strategy.ts";

/** Refuses grids, budgets and numbers of probes that make no sense. */
export function checkStrategyInput({ grid, budgetWatts, probes }: StrategyInput): void {
  if (grid.modes.length === 0) refuse("the grid of modes", "is empty", "give it at least one mode");
  const seen = new Set<string>();
  for (const [i, mode] of grid.modes.entries()) {
    if (mode.length !== grid.dimensions.length) {
      const problem = `has ${mode.length} values, but the grid has ${grid.dimensions.length} dimensions`;
      refuse(`mode ${i}`, problem, "give every mode one value per dimension");
    }
    for (const [d, value] of mode.entries()) {
      if (isPositive(value)) continue;
      refuse(`mode ${i}`, `has ${value} for "${grid.dimensions[d]!.name}"`, "expected a finite number above 0");
    }
    const key = mode.join();
    if (seen.has(key)) refuse(`mode ${i}`, `appears twice: ${key}`, "keep one of them");
    seen.add(key);
  }
  if (!isPositive(budgetWatts)) refuse("the power budget", `is ${budgetWatts} W`, "expected a finite number above 0");
  if (!(Number.isInteger(probes) && probes >= 1)) {
    refuse("the number of probes", `is ${probes}`, "expected a whole number from 1 on");
  }
}

/** Refuses what no measurement can be. */
export function checkOutcome(index: number, outcome: ProbeOutcome): void {
  if ("failed" in outcome) return;
  const advice = "expected a finite number above 0; measure again, or report the mode as failed";
  if (!isPositive(outcome.timeSeconds)) refuse(`the time of mode ${index}`, `is ${outcome.timeSeconds} s`, advice);
  if (!isPositive(outcome.powerWatts)) refuse(`the power of mode ${index}`, `is ${outcome.powerWatts} W`, advice);
}

function isPositive(value: number): boolean {
  return value > 0 && Number.isFinite(value);
}

function refuse(what: string, problem: string, advice: string): never {
  throw new InputError({ what, problem, advice });
}
