import type { Random } from "@partitune/numerics";
import type { Variable } from "./optimiser.ts";
import { settle, span } from "./span.ts";

/** How near mutants stay; the larger, the nearer. */
const index = 20;

/**
 * Changes one variable in d on average, mostly a little, and never out of its range. An integer one changes by at least one step.
 *
 * @see K. Deb and M. Goyal, A Combined Genetic Adaptive Search for Engineering Design (1996); bounds as in K. Deb's NSGA-II
 */
export function polynomialMutation(
  point: readonly number[],
  variables: readonly Variable[],
  random: Random,
): readonly number[] {
  return point.map((value, d) => {
    const variable = variables[d]!;
    if (random.next() * point.length >= 1 || variable.low === variable.high) return value;
    const moved = moveWithin(span(variable), value, random.next());
    const settled = settle(variable, moved);
    if (variable.kind === "real" || settled !== value) return settled;
    return stepFrom(value, moved >= value ? 1 : -1, variable);
  });
}

function moveWithin([low, high]: readonly [number, number], value: number, chance: number): number {
  const range = high - low;
  const room = (chance < 0.5 ? value - low : high - value) / range;
  const away = 2 * Math.min(chance, 1 - chance);
  const step = 1 - (away + (1 - away) * (1 - room) ** (index + 1)) ** (1 / (index + 1));
  return chance < 0.5 ? value - step * range : value + step * range;
}

function stepFrom(value: number, direction: number, { low, high }: Variable): number {
  const next = value + direction;
  return next < low || next > high ? value - direction : next;
}
