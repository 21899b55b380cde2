import type { SizedChoice } from "./choices.ts";
import { rateTolerance } from "./rateTolerance.ts";

/** Pieces that together answer a service's rate: how many of each of its choices, in their order. */
export type Cover = readonly number[];

/** Nodes that pricing one cover may visit before it settles for a bound. */
const nodeLimit = 20_000;

/**
 * All covers from which no piece can be left out.
 *
 * @returns null when they are more than `most`
 */
export function minimalCovers(choices: readonly SizedChoice[], need: number, most: number): readonly Cover[] | null {
  const found: Cover[] = [];
  const slack = rateTolerance * need;
  const isMinimal = (counts: Cover, rate: number) =>
    counts.every((count, i) => count === 0 || rate - choices[i]!.safeRate < need - slack);
  const visit = (counts: Cover, rate: number): boolean => {
    const i = counts.length;
    if (i === choices.length) {
      if (rate >= need - slack && isMinimal(counts, rate)) found.push(counts);
      return found.length <= most;
    }
    const enough = piecesFor(need - rate, choices[i]!.safeRate, slack);
    const fewest = i === choices.length - 1 ? enough : 0;
    for (let count = fewest; count <= enough; count += 1) {
      if (!visit([...counts, count], rate + count * choices[i]!.safeRate)) return false;
    }
    return true;
  };
  return visit([], 0) ? found : null;
}

/**
 * The cheapest cover at a price per choice, by depth-first search over choices in the order of price per rate, cut off by the fractional
 * bound of the rest.
 *
 * @param prices  in the order of the choices, not negative
 * @returns the cover, its cost, and a number that no cover costs less than: the cost itself unless the search was cut short
 */
export function cheapestCover(
  choices: readonly SizedChoice[],
  need: number,
  prices: readonly number[],
): { readonly cover: Cover; readonly cost: number; readonly bound: number } {
  const ratio = choices.map(({ safeRate }, i) => prices[i]! / safeRate);
  const order = choices.map((_, i) => i).sort((a, b) => ratio[a]! - ratio[b]!);
  const slack = rateTolerance * need;
  const counts = choices.map(() => 0);
  let [cover, cost, nodes] = [counts as Cover, Number.POSITIVE_INFINITY, 0];
  const visit = (depth: number, left: number, spent: number): void => {
    if (left <= slack) {
      if (spent < cost) [cover, cost] = [[...counts], spent];
      return;
    }
    if (depth === order.length || nodes > nodeLimit) return;
    const i = order[depth]!;
    const { safeRate } = choices[i]!;
    for (let count = piecesFor(left, safeRate, slack); count >= 0; count -= 1) {
      nodes += 1;
      const after = Math.max(0, left - count * safeRate);
      const next = order[depth + 1];
      const least = spent + count * prices[i]! + (next === undefined ? 0 : after * ratio[next]!);
      if (least >= cost - 1e-12) {
        if (after > 0) break;
        continue;
      }
      counts[i] = count;
      visit(depth + 1, after, spent + count * prices[i]!);
      counts[i] = 0;
    }
  };
  visit(0, need, 0);
  return { cover, cost, bound: nodes > nodeLimit ? need * ratio[order[0]!]! : cost };
}

function piecesFor(rate: number, safeRate: number, slack: number): number {
  return rate <= slack ? 0 : Math.ceil((rate - slack) / safeRate);
}
