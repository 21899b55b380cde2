import type { Problem, Solution } from "@partitune/schema";
import { explain } from "./explain.ts";
import type { Selection } from "./selection.ts";
import { toPlan } from "./toPlan.ts";

/** What a method found over all settings. */
export interface SearchOutcome {
  readonly method: string;
  readonly best: Selection | null;
  /** No selection costs less; −Infinity when nothing is known. */
  readonly bound: number;
  /** True when the outcome is proved. */
  readonly complete: boolean;
  /** What ended an incomplete search, and how to go on. */
  readonly limit: string;
}

/** A method's outcome as a solution: with a plan, its bound and gap, or with reasons. */
export function concludeSearch(problem: Problem, outcome: SearchOutcome): Solution {
  const { best, complete, method } = outcome;
  if (best === null) {
    return complete
      ? { status: "infeasible", reasons: explain(problem) }
      : { status: "unknown", reasons: [{ workload: null, constraint: "search", missing: 0, text: outcome.limit }] };
  }
  const value = selectionCost(best);
  const bound = complete ? value : Number.isFinite(outcome.bound) ? Math.min(value, outcome.bound) : null;
  const gap = bound === null ? null : relativeGap(value, bound);
  const status = complete ? "optimal" : "feasible";
  const plan = toPlan(problem, best, { method, status, objective: problem.objective, value, bound, gap });
  return { status, plan, value, bound, gap };
}

/** Cost of a selection: the setting's own and those of its choices. */
export function selectionCost({ setting, choices }: Selection): number {
  return choices.reduce((sum, choice) => sum + choice.cost, setting.cost);
}

function relativeGap(value: number, bound: number): number {
  return value === bound ? 0 : (value - bound) / Math.max(Math.abs(value), Number.MIN_VALUE);
}
