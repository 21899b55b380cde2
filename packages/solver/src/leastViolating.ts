import type { Problem, Setting } from "@partitune/schema";
import { branchAndBound, type SearchResult } from "./branchAndBound.ts";
import { budgetTolerance, type SearchSpace, toViolationSpace } from "./searchSpace.ts";
import type { Selection } from "./selection.ts";

/** A selection that breaks something, as little as possible. It is never a solution. */
export interface LeastViolating {
  readonly selection: Selection;
  /** Relative excesses over all demands and budgets, added up, and 1 for each overloaded placement; 0 when nothing is broken. */
  readonly excess: number;
  /** Budgets that are exceeded. */
  readonly overBudget: readonly { readonly budget: string; readonly used: number; readonly available: number }[];
  /** False when the search was cut short and a less violating selection may exist. */
  readonly proved: boolean;
}

const nodeLimit = 5_000_000;

/**
 * The selection that breaks demands and budgets least: the sum of relative excesses is minimal. Offered beside the reasons when
 * nothing is feasible, to show how far off the demands are.
 *
 * @returns null when some workload has no choice at all, or none was found within the limit
 */
export function leastViolating(problem: Problem): LeastViolating | null {
  let best: Omit<LeastViolating, "proved"> | null = null;
  let complete = true;
  for (const setting of problem.settings) {
    const space = toViolationSpace(setting);
    const cutoff = best?.excess ?? Number.POSITIVE_INFINITY;
    const result = branchAndBound(space, { nodeLimit, cutoff, elastic: true });
    if (result.picks !== null) best = describe(setting, space, result);
    complete &&= result.complete;
  }
  return best === null ? null : { ...(best as Omit<LeastViolating, "proved">), proved: complete };
}

function describe(setting: Setting, space: SearchSpace, { picks, value }: SearchResult) {
  const choices = picks!.map((row, group) => space.choices[group]![row]!);
  const overBudget = space.budgets.flatMap((budget) => {
    const used = choices.reduce((sum, choice) => sum + (choice.uses[budget] ?? 0), 0);
    const available = setting.budgets[budget]!;
    return used > available * (1 + budgetTolerance) ? [{ budget, used, available }] : [];
  });
  return { selection: { setting, choices }, excess: value, overBudget };
}
