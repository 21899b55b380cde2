import type { Optimality } from "@partitune/schema";
import { formatPercent, formatQuantity, significant } from "./formatQuantity.ts";

/**
 * How good a fleet is, in words: `3 GPUs; proved that fewer do not suffice`, or `120 GPUs; at least 119 are needed (gap 1 of 120)`. Objectives that
 * are not numbers of cards are named with their unit.
 */
export function optimalityWords(optimality: Optimality): string {
  return countsCards(optimality) ? cardWords(optimality) : otherWords(optimality);
}

/** True when the objective is a number of cards. */
export function countsCards({ objective }: Pick<Optimality, "objective">): boolean {
  return objective.unit === "" && /^(gpu|card)s?$/i.test(objective.name);
}

function cardWords({ status, objective, value, bound }: Optimality): string {
  const reached = `${whole(value)} ${value === 1 ? objective.name.replace(/s$/, "") : objective.name}`;
  if (status === "optimal") return `${reached}; proved that fewer do not suffice`;
  if (bound === null) return `${reached}; no bound is known, so fewer might suffice`;
  const needed = Math.ceil(bound - 1e-9);
  return `${reached}; at least ${needed} ${needed === 1 ? "is" : "are"} needed (gap ${whole(value - needed)} of ${whole(value)})`;
}

function otherWords({ status, objective: { name, unit }, value, bound, gap }: Optimality): string {
  const reached = `${name} ${formatQuantity(value, unit)}`;
  if (status === "optimal") return `${reached}; proved that no plan is better`;
  if (bound === null) return `${reached}; no bound is known, so a better plan might exist`;
  return `${reached}; no plan can be better than ${formatQuantity(bound, unit)}${gap === null ? "" : ` (gap ${formatPercent(gap)})`}`;
}

function whole(value: number): string {
  return Number.isInteger(value) ? String(value) : significant(value);
}
