import type { Problem } from "@partitune/schema";
import { branchAndBound } from "./branchAndBound.ts";
import { totalExcess } from "./nearestChoice.ts";
import { budgetTolerance, toViolationSpace } from "./searchSpace.ts";
import type { Selection } from "./selection.ts";

/** A selection that breaks something, as little as possible. It is never a solution. */
export interface LeastViolating {
  readonly selection: Selection;
  /** Relative excesses over all demands and budgets, added up; 0 when nothing is broken. */
  readonly excess: number;
  /** Budgets that are exceeded. */
  readonly overBudget: readonly { readonly budget: string; readonly used: number; readonly available: number }[];
  /** False when the search was cut short and a less violating selection may exist. */
  readonly proved: boolean;
}

const nodeLimit = 5_000_000;

/**
 * The selection that breaks demands and budgets least: first the fewest overloaded workloads, then the least sum of relative excesses.
 * Offered beside the reasons when nothing is feasible, to show how far off the demands are.
 *
 * @returns null when some workload has no choice at all, or none was found within the limit
 */
export function leastViolating(problem: Problem): LeastViolating | null {
  let best: Selection | null = null;
  let [cutoff, proved] = [Number.POSITIVE_INFINITY, true];
  for (const setting of problem.settings) {
    const space = toViolationSpace(setting);
    const result = branchAndBound(space, { nodeLimit, cutoff, elastic: true });
    proved = proved && result.complete;
    if (result.picks === null) continue;
    best = { setting, choices: result.picks.map((row, group) => space.choices[group]![row]!) };
    cutoff = result.value;
  }
  return best === null ? null : describe(best, proved);
}

function describe(selection: Selection, proved: boolean): LeastViolating {
  const { setting, choices } = selection;
  const overBudget = Object.keys(setting.budgets)
    .sort()
    .flatMap((budget) => {
      const used = usedOf(selection, budget);
      const available = setting.budgets[budget]!;
      return used > available * (1 + budgetTolerance) ? [{ budget, used, available }] : [];
    });
  const excess = overBudget.reduce(
    (sum, { used, available }) => sum + (available > 0 ? used / available - 1 : 1),
    choices.reduce((sum, choice) => sum + totalExcess(choice), 0),
  );
  return { selection, excess, overBudget, proved };
}

function usedOf({ choices }: Selection, budget: string): number {
  return choices.reduce((sum, choice) => sum + (choice.uses[budget] ?? 0), 0);
}
