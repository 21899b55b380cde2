import type { Random } from "@partitune/numerics";
import type { Variable } from "./optimiser.ts";
import { settle, span } from "./span.ts";

type Point = readonly number[];

/** How alike children are to their parents; the larger, the more. */
const index = 15;
const crossoverProbability = 0.9;

/**
 * Two children of two parents: every variable, with an even chance, is spread around the parents' like the children of one-point crossover
 * of bit strings, and never leaves its range; children may swap it.
 *
 * @see K. Deb and R. B. Agrawal, Simulated Binary Crossover for Continuous Search Space (1995); bounds as in K. Deb's NSGA-II
 */
export function simulatedBinaryCrossover(
  [mother, father]: readonly [Point, Point],
  variables: readonly Variable[],
  random: Random,
): readonly [Point, Point] {
  const children: [number[], number[]] = [[...mother], [...father]];
  if (random.next() >= crossoverProbability) return children;
  for (const [d, variable] of variables.entries()) {
    if (random.next() < 0.5 || mother[d] === father[d]) continue;
    const pair = spread(Math.min(mother[d]!, father[d]!), Math.max(mother[d]!, father[d]!), variable, random.next());
    const first = random.next() < 0.5 ? 0 : 1;
    children[0][d] = settle(variable, pair[first]!);
    children[1][d] = settle(variable, pair[1 - first]!);
  }
  return children;
}

function spread(below: number, above: number, variable: Variable, chance: number): readonly [number, number] {
  const [low, high] = span(variable);
  const distance = above - below;
  const lower = factor(1 + (2 * (below - low)) / distance, chance);
  const upper = factor(1 + (2 * (high - above)) / distance, chance);
  const middle = (below + above) / 2;
  return [middle - (lower * distance) / 2, middle + (upper * distance) / 2];
}

/** The spread factor β of a uniform chance, of the distribution cut off at `most`. */
function factor(most: number, chance: number): number {
  const alpha = 2 - most ** -(index + 1);
  const scaled = chance * alpha;
  return (scaled <= 1 ? scaled : 1 / (2 - scaled)) ** (1 / (index + 1));
}
