import { type Choice, InputError, type Problem, type Setting } from "@partitune/schema";
import { distinctFront } from "./distinctFront.ts";
import { mergeGroups } from "./mergeGroups.ts";
import { type ObjectiveName, objectives } from "./objectives.ts";
import { budgetTolerance } from "./searchSpace.ts";
import type { Selection } from "./selection.ts";

/** A selection with its total in each objective. */
export interface ParetoSelection extends Selection {
  readonly totals: readonly number[];
}

/**
 * All selections within the budgets that no other beats in every objective: the exact front of whole plans. Of selections with
 * equal totals one stays.
 *
 * Exact for the objectives on the shelf, which {@link formulate} compares when it leaves choices out.
 *
 * @throws InputError when an objective has no numbers, or too many selections are alike to follow
 */
export function paretoSelections(problem: Problem, names: readonly ObjectiveName[]): readonly ParetoSelection[] {
  const values = names.map((name) => objectives[name].value);
  const all = problem.settings.flatMap((setting) => selectionsOf(setting, values));
  const totals = Float64Array.from(all.flatMap((selection) => selection.totals));
  return distinctFront(totals, names.length).map((i) => all[i]!);
}

function selectionsOf(setting: Setting, values: readonly string[]): ParetoSelection[] {
  const budgets = Object.keys(setting.budgets).sort();
  const groups = setting.groups.map(({ choices }) => choices.filter((choice) => choice.violations.length === 0));
  if (groups.some((choices) => choices.length === 0)) return [];
  const merged = mergeGroups({
    columns: values.length + budgets.length,
    groups: groups.map((choices) => choices.map((choice) => rowOf(choice, values, budgets))),
    limits: [
      ...values.map(() => Number.POSITIVE_INFINITY),
      ...budgets.map((budget) => setting.budgets[budget]! * (1 + budgetTolerance)),
    ],
  });
  return merged.map(({ picks, totals }) => ({
    setting,
    choices: picks.map((row, group) => groups[group]![row]!),
    totals: totals.slice(0, values.length),
  }));
}

function rowOf(choice: Choice, values: readonly string[], budgets: readonly string[]): number[] {
  return [...values.map((name) => numberOf(choice, name)), ...budgets.map((budget) => choice.uses[budget] ?? 0)];
}

function numberOf(choice: Choice, name: string): number {
  const value = choice.values[name];
  if (value !== undefined) return value;
  throw new InputError({
    what: `objective "${name}"`,
    problem: `has no number for "${choice.id}"`,
    advice: "choose another objective",
  });
}
