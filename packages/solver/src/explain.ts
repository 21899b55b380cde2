import type { Problem, Reason, Setting } from "@partitune/schema";
import { explainBudgets } from "./explainBudgets.ts";
import { explainDemand } from "./explainDemand.ts";

/**
 * Why nothing is feasible: each demand that no choice satisfies, with how much is missing and what would help; or else the budgets
 * that bind over all workloads. Of several settings the one that misses least is explained.
 *
 * @returns reasons, the worst first; empty when there is a feasible selection
 */
export function explain(problem: Problem): readonly Reason[] {
  const stuck = problem.settings.map((setting) => explainDemands(problem, setting));
  const open = problem.settings.filter((_, i) => stuck[i]!.length === 0);
  if (open.length === 0) return stuck.reduce((best, reasons) => (missing(reasons) < missing(best) ? reasons : best));
  const bound = open.map((setting) => explainBudgets(problem, setting));
  return bound.reduce((best, reasons) => (missing(reasons) < missing(best) ? reasons : best));
}

function explainDemands(problem: Problem, setting: Setting): readonly Reason[] {
  return setting.groups
    .filter((group) => group.choices.every((choice) => choice.violations.length > 0))
    .map((group) => explainDemand(problem, setting, group))
    .sort((a, b) => b.missing - a.missing);
}

function missing(reasons: readonly Reason[]): number {
  return reasons.reduce((sum, reason) => sum + reason.missing, 0);
}
