import type { Choice } from "@partitune/schema";

/** The choice that is least excluded: relative excesses added up, then first by id. */
export function nearestChoice(choices: readonly Choice[]): Choice | undefined {
  return [...choices].sort((a, b) => totalExcess(a) - totalExcess(b) || (a.id < b.id ? -1 : 1))[0];
}

/** Relative excesses of a choice added up, 0 when it may be taken. */
export function totalExcess(choice: Choice): number {
  return choice.violations.reduce((sum, violation) => sum + violation.amount, 0);
}
