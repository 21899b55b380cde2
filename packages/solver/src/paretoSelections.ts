import { paretoFront } from "@partitune/numerics";
import { type Choice, InputError, type Problem, type Setting } from "@partitune/schema";
import { type ObjectiveName, objectives } from "./objectives.ts";
import { budgetTolerance } from "./searchSpace.ts";
import type { Selection } from "./selection.ts";

/** A selection with its total in each objective. */
export interface ParetoSelection extends Selection {
  readonly totals: readonly number[];
}

/** Partial selections kept at once; more would take minutes. */
const mostPartial = 200_000;

/**
 * All selections within the budgets that no other beats in every objective: the exact front of whole plans.
 *
 * Groups are merged one by one. Of the partial selections only those stay that none other beats in objectives and uses together,
 * and that leave room for what is still to come. Of equal ones the first stays.
 *
 * Exact for objectives that {@link formulate} compares when it leaves choices out, which are all on the shelf.
 *
 * @throws InputError when an objective has no numbers, or too many selections are alike to follow
 */
export function paretoSelections(problem: Problem, names: readonly ObjectiveName[]): readonly ParetoSelection[] {
  const values = names.map((name) => objectives[name].value);
  const all = problem.settings.flatMap((setting) => mergeGroups(setting, values));
  if (all.length === 0) return [];
  return paretoFront(all.map(({ totals }) => totals)).map((i) => all[i]!);
}

/** Part of a selection: totals of objectives, then of budgets. */
interface Partial {
  readonly numbers: readonly number[];
  readonly choice: Choice | null;
  readonly before: Partial | null;
}

function mergeGroups(setting: Setting, values: readonly string[]): ParetoSelection[] {
  const budgets = Object.keys(setting.budgets).sort();
  const groups = setting.groups.map(({ choices }) => choices.filter((choice) => choice.violations.length === 0));
  if (groups.some((choices) => choices.length === 0)) return [];
  const room = roomAfter(groups, budgets, setting);
  let partial: readonly Partial[] = [
    { numbers: new Array<number>(values.length + budgets.length).fill(0), choice: null, before: null },
  ];
  groups.forEach((choices, g) => {
    const rows = choices.map((choice) => [
      ...values.map((name) => numberOf(choice, name)),
      ...budgets.map((b) => choice.uses[b] ?? 0),
    ]);
    const merged = partial.flatMap((before) =>
      rows.map((row, c) => ({ numbers: before.numbers.map((sum, i) => sum + row[i]!), choice: choices[c]!, before })),
    );
    const fitting = merged.filter(({ numbers }) => room[g]!.every((most, b) => numbers[values.length + b]! <= most));
    partial = withoutDominated(fitting);
    if (partial.length > mostPartial) throw tooMany(partial.length);
  });
  return partial.map((whole) => ({
    setting,
    choices: readChoices(whole),
    totals: whole.numbers.slice(0, values.length),
  }));
}

/** Per group the most of each budget that may be used up to it, so that the rest can still be served. */
function roomAfter(
  groups: readonly (readonly Choice[])[],
  budgets: readonly string[],
  { budgets: available }: Setting,
) {
  return groups.map((_, g) =>
    budgets.map((budget) => {
      const rest = groups.slice(g + 1).reduce((sum, choices) => sum + leastUse(choices, budget), 0);
      return available[budget]! * (1 + budgetTolerance) - rest;
    }),
  );
}

function leastUse(choices: readonly Choice[], budget: string): number {
  return choices.reduce((least, choice) => Math.min(least, choice.uses[budget] ?? 0), Number.POSITIVE_INFINITY);
}

function withoutDominated(partial: readonly Partial[]): readonly Partial[] {
  if (partial.length === 0) return partial;
  const seen = new Set<string>();
  return paretoFront(partial.map(({ numbers }) => numbers))
    .map((i) => partial[i]!)
    .filter(({ numbers }) => !seen.has(numbers.join(" ")) && seen.add(numbers.join(" ")));
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

function readChoices(whole: Partial): Choice[] {
  const choices: Choice[] = [];
  for (let at: Partial | null = whole; at?.choice != null; at = at.before) choices.unshift(at.choice);
  return choices;
}

function tooMany(count: number): InputError {
  return new InputError({
    what: "the front of plans",
    problem: `has ${count} partial selections that none beats, more than the ${mostPartial} that are followed`,
    advice: "ask for fewer objectives or offer fewer candidates",
  });
}
