import { findMultipliers, type Multipliers } from "./multipliers.ts";
import { budgetTolerance, type SearchSpace } from "./searchSpace.ts";

/** How the search is limited. */
export interface SearchOptions {
  /** Nodes after which the search is given up. */
  readonly nodeLimit: number;
  /** Selections that cost at least this are of no interest. */
  readonly cutoff: number;
  /** True when a budget may be exceeded at the price of its relative excess. */
  readonly elastic: boolean;
}

/** What was found. */
export interface SearchResult {
  /** Row taken in each group; null when nothing within budgets and below the cutoff was found. */
  readonly picks: readonly number[] | null;
  /** Cost of the picks; infinite without any. */
  readonly value: number;
  /** No selection costs less than this or the cutoff. */
  readonly bound: number;
  /** True when the whole space was searched or pruned with proof. */
  readonly complete: boolean;
}

/** Relative difference in cost below which two selections count as equal. */
const costTolerance = 1e-9;

/**
 * Enumerates one choice per group, depth first, leaving out what a bound proves to be no better than what was found.
 *
 * Two bounds prune: the Lagrangian one on cost, and one on uses alone, which proves that what is left cannot fit. Groups whose
 * cheapest choices stand out most are decided first, choices are tried from the cheapest, both after prices. The order is fixed,
 * so of several cheapest selections the same is found every time.
 *
 * Exponential at worst; prices usually leave a few thousand nodes.
 */
export function branchAndBound(space: SearchSpace, options: SearchOptions): SearchResult {
  if (space.groups.some((group) => group.costs.length === 0)) return nothing(Number.POSITIVE_INFINITY, true);
  const ceiling = options.elastic ? 1 : Number.POSITIVE_INFINITY;
  const byCost = findMultipliers(space, { ceiling, withCosts: true });
  const byUse = options.elastic ? null : findMultipliers(space, { ceiling, withCosts: false });
  if (byUse !== null && byUse.bound > budgetTolerance) return nothing(Number.POSITIVE_INFINITY, true);
  return search(space, byCost, byUse, options);
}

function nothing(bound: number, complete: boolean): SearchResult {
  return { picks: null, value: Number.POSITIVE_INFINITY, bound, complete };
}

/** One group, ready to be searched: rows in the order they are tried. */
interface Level {
  readonly group: number;
  readonly order: readonly number[];
  /** Cost + price · use of each row, in the group's own order. */
  readonly reduced: Float64Array;
  /** Price · use alone, under the prices that prove that nothing fits. */
  readonly priced: Float64Array;
}

function search(
  space: SearchSpace,
  byCost: Multipliers,
  byUse: Multipliers | null,
  options: SearchOptions,
): SearchResult {
  const levels = orderLevels(space, byCost, byUse);
  const restReduced = suffixSums(levels.map((level) => level.reduced[level.order[0]!]!));
  const restPriced = suffixSums(levels.map((level) => least(level.priced)));
  const count = space.budgets.length;
  const used = new Float64Array((levels.length + 1) * count);
  const [offset, room] = [total(byCost.prices), byUse === null ? 0 : total(byUse.prices) + budgetTolerance];
  const picks = new Array<number>(levels.length);
  let found: readonly number[] | null = null;
  let [value, nodes, open] = [options.cutoff, 0, Number.POSITIVE_INFINITY];

  /** Searches below a node; false when the limit was reached. */
  const visit = (depth: number, cost: number, reduced: number, priced: number): boolean => {
    if (depth === levels.length) {
      const whole = cost + (options.elastic ? excessOf(used.subarray(depth * count)) : 0);
      if (improves(whole, value)) [value, found] = [whole, picks.slice()];
      return true;
    }
    const level = levels[depth]!;
    const { costs, uses } = space.groups[level.group]!;
    for (const row of level.order) {
      const reducedHere = reduced + level.reduced[row]!;
      const bound = reducedHere + restReduced[depth + 1]! - offset;
      if (!improves(bound, value)) break;
      if (depth === 0) open = bound;
      nodes += 1;
      if (nodes > options.nodeLimit) return false;
      const pricedHere = priced + level.priced[row]!;
      if (byUse !== null && pricedHere + restPriced[depth + 1]! > room) continue;
      if (!take(used, depth, uses, row, count) && !options.elastic) continue;
      picks[level.group] = row;
      if (!visit(depth + 1, cost + costs[row]!, reducedHere, pricedHere)) return false;
    }
    return true;
  };

  const complete = visit(0, 0, 0, 0);
  const bound = complete ? value : Math.min(value, Math.max(open, byCost.bound));
  return found === null ? nothing(bound, complete) : { picks: found, value, bound, complete };
}

function improves(cost: number, value: number): boolean {
  return Number.isFinite(value) ? cost < value - costTolerance * Math.max(1, Math.abs(value)) : cost < value;
}

/** Writes what is used once a row is taken at a depth; true when it fits. */
function take(used: Float64Array, depth: number, uses: Float64Array, row: number, count: number): boolean {
  let fits = true;
  for (let b = 0; b < count; b += 1) {
    const use = used[depth * count + b]! + uses[row * count + b]!;
    used[(depth + 1) * count + b] = use;
    if (use > 1 + budgetTolerance) fits = false;
  }
  return fits;
}

function orderLevels(space: SearchSpace, byCost: Multipliers, byUse: Multipliers | null): Level[] {
  const levels = space.groups.map(({ costs, uses }, group) => {
    const reduced = costs.map((cost, row) => cost + priceOf(uses, row, byCost.prices));
    const priced = costs.map((_, row) => (byUse === null ? 0 : priceOf(uses, row, byUse.prices)));
    const order = Array.from(costs.keys()).sort((a, b) => reduced[a]! - reduced[b]! || a - b);
    return { group, order, reduced, priced };
  });
  const lead = ({ order, reduced }: Level) =>
    order.length > 1 ? reduced[order[1]!]! - reduced[order[0]!]! : Number.MAX_VALUE;
  return levels.sort((a, b) => lead(b) - lead(a) || a.group - b.group);
}

function priceOf(uses: Float64Array, row: number, prices: Float64Array): number {
  let sum = 0;
  for (let b = 0; b < prices.length; b += 1) sum += prices[b]! * uses[row * prices.length + b]!;
  return sum;
}

function excessOf(used: Float64Array): number {
  return used.reduce((sum, use) => sum + Math.max(0, use - 1), 0);
}

function suffixSums(values: readonly number[]): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = values.length - 1; i >= 0; i -= 1) sums[i] = sums[i + 1]! + values[i]!;
  return sums;
}

function least(values: Float64Array): number {
  return values.reduce((smallest, value) => Math.min(smallest, value), Number.POSITIVE_INFINITY);
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
