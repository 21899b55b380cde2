import { type Fraction, InputError, type PerSecond, type Seconds } from "@partitune/schema";
import type { PowerBudget } from "./powerBudget.ts";
import { checkPositive, type IdleRow } from "./rows.ts";

interface DemandOnMode {
  readonly ratePerSecond: PerSecond;
  readonly latencySeconds?: Seconds;
  readonly highestLoad?: Fraction;
  readonly budget?: PowerBudget;
  readonly idle?: readonly IdleRow[];
}

/**
 * Refuses rates, promises and budgets that no device could be asked for.
 *
 * @throws InputError naming the demand
 */
export function checkDemand(what: string, demand: DemandOnMode): void {
  const { ratePerSecond, latencySeconds, highestLoad = 1, budget, idle } = demand;
  if (ratePerSecond !== 0) checkPositive(what, "a rate", ratePerSecond, "requests/s");
  if (latencySeconds !== undefined) checkPositive(what, "a promised latency", latencySeconds, "s");
  checkPositive(what, "a highest load", highestLoad, "of the time");
  if (highestLoad > 1) {
    throw new InputError({ what, problem: `has a highest load of ${highestLoad}`, advice: "give at most 1" });
  }
  if (budget === undefined) return;
  checkPositive("the power budget", "a value", budget.watts, "W");
  if (budget.kind === "average" && idle === undefined) {
    throw new InputError({
      what: "the average power budget",
      problem: "needs the idle power of the modes",
      advice: "measure idle power, or give a peak budget",
    });
  }
}
