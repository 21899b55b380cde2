import { type Choice, InputError, type Setting } from "@partitune/schema";
import { isOverloaded, totalExcess } from "./nearestChoice.ts";

/** The choices of one workload in numbers. */
export interface SearchGroup {
  readonly costs: Float64Array;
  /** choices × budgets, row-major, as parts of what there is. */
  readonly uses: Float64Array;
}

/** A setting in numbers: one choice per group, each budget at most 1 in total, least total cost. */
export interface SearchSpace {
  readonly groups: readonly SearchGroup[];
  /** Names of the budgets, in the order of the columns of `uses`. */
  readonly budgets: readonly string[];
  /** Choice of the problem behind each row, by group. */
  readonly choices: readonly (readonly Choice[])[];
}

/** Budgets count as kept up to this part of them: sums of decimal shares are not exact. */
export const budgetTolerance = 1e-9;

/** Added for an overloaded choice, so that one is selected only where nothing else would keep up. */
const overloadPenalty = 1e4;

/** Stands for a use of a budget of which there is none. */
const impossible = 1e9;

/**
 * The admissible choices of a setting in numbers.
 *
 * Of choices with the same cost and uses only the best stays: quickest response, then smallest batch, then first id. So ties inside
 * a workload are decided before any method sees them.
 *
 * @throws InputError when a choice uses a budget that the setting does not state
 */
export function toSearchSpace(setting: Setting): SearchSpace {
  return spaceOf(
    setting,
    setting.groups.map((group) => withoutWorse(group.choices.filter((choice) => fitsAlone(choice, setting)))),
    (choice) => choice.cost,
  );
}

/** True when a choice may be taken and exceeds no budget by itself. */
function fitsAlone(choice: Choice, { budgets }: Setting): boolean {
  const fits = ([name, use]: [string, number]) => part(use, budgets[name] ?? use) <= 1 + budgetTolerance;
  return choice.violations.length === 0 && Object.entries(choice.uses).every(fits);
}

/** All choices of a setting, costing what speaks against them: the space in which the least-violating selection is sought. */
export function toViolationSpace(setting: Setting): SearchSpace {
  return spaceOf(
    setting,
    setting.groups.map((group) => group.choices),
    (choice) => totalExcess(choice) + (isOverloaded(choice) ? overloadPenalty : 0),
  );
}

function spaceOf(
  setting: Setting,
  choices: readonly (readonly Choice[])[],
  costOf: (choice: Choice) => number,
): SearchSpace {
  const budgets = Object.keys(setting.budgets).sort();
  const unknown = choices.flat().find((choice) => Object.keys(choice.uses).some((name) => !budgets.includes(name)));
  if (unknown !== undefined) {
    throw new InputError({
      what: `choice "${unknown.id}"`,
      problem: `uses a budget that setting "${setting.name}" does not have`,
      advice: "state how much of it there is",
    });
  }
  return {
    budgets,
    choices,
    groups: choices.map((group) => ({
      costs: Float64Array.from(group, costOf),
      uses: Float64Array.from(
        group.flatMap((choice) => budgets.map((name) => part(choice.uses[name] ?? 0, setting.budgets[name]!))),
      ),
    })),
  };
}

function part(use: number, available: number): number {
  if (use === 0) return 0;
  return available > 0 ? Math.min(impossible, use / available) : impossible;
}

/** Drops choices for which another is as good in cost and every budget; sorted by the rule for ties. */
function withoutWorse(choices: readonly Choice[]): readonly Choice[] {
  const sorted = [...choices].sort(inOrderOfTies);
  const kept: Choice[] = [];
  for (const choice of sorted) if (!kept.some((better) => isAsGood(better, choice))) kept.push(choice);
  return kept;
}

/** By cost, then by total use in name order, so that a better choice always comes before a worse one; then as documented. */
function inOrderOfTies(a: Choice, b: Choice): number {
  const names = [...new Set([...Object.keys(a.uses), ...Object.keys(b.uses)])].sort();
  const byUse = names.map((name) => (a.uses[name] ?? 0) - (b.uses[name] ?? 0)).find((difference) => difference !== 0);
  const response = (choice: Choice) => choice.values.response_s ?? Number.POSITIVE_INFINITY;
  return (
    a.cost - b.cost ||
    (byUse ?? 0) ||
    Math.sign(response(a) - response(b)) ||
    a.config.batch - b.config.batch ||
    (a.id < b.id ? -1 : 1)
  );
}

function isAsGood(a: Choice, b: Choice): boolean {
  if (a.cost > b.cost) return false;
  return Object.keys(a.uses).every((name) => a.uses[name]! <= (b.uses[name] ?? 0));
}
