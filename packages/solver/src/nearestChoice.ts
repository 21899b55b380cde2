import type { Choice } from "@partitune/schema";

/**
 * The choice that is least excluded: one that sustains its rate before any that does not, then by relative excesses added up, then
 * the first by id.
 */
export function nearestChoice(choices: readonly Choice[]): Choice | undefined {
  const byDistance = (a: Choice, b: Choice) =>
    Number(isOverloaded(a)) - Number(isOverloaded(b)) || totalExcess(a) - totalExcess(b) || (a.id < b.id ? -1 : 1);
  return [...choices].sort(byDistance)[0];
}

/**
 * Relative excesses of a choice added up, 0 when it may be taken. One that cannot sustain its rate counts one more: its queue grows
 * without end, and so does its response.
 */
export function totalExcess(choice: Choice): number {
  return choice.violations.reduce((sum, { amount }) => sum + amount, isOverloaded(choice) ? 1 : 0);
}

function isOverloaded({ violations }: Choice): boolean {
  return violations.some(({ constraint }) => constraint === "rate");
}
