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

/** Relative excesses of a choice added up, 0 when it may be taken. */
export function totalExcess({ violations }: Choice): number {
  return violations.reduce((sum, { amount }) => sum + amount, 0);
}

/** True when a choice cannot sustain its rate: its queue grows without end, whatever its other excesses. */
export function isOverloaded({ violations }: Choice): boolean {
  return violations.some(({ constraint }) => constraint === "rate");
}
