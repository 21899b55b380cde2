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

/** When budgets are elastic and need not be exceeded, all prices are zero, and uses must decide the order. */
const weightInDoubt = 0.01;
/** Relative difference in cost below which two selections count as equal. */
const costTolerance = 1e-9;

/**
 * Enumerates one choice per group, depth first, leaving out what a bound proves to be no better than what was found.
 *
 * Three bounds prune: the Lagrangian one on cost, the least cost and uses of the groups still to come, and a weighted sum of uses that
 * proves that what is left cannot fit. Groups whose best choices stand out most are decided first, and choices tried from the best,
 * both after prices. The order is fixed, so of several cheapest selections the same is found every time.
 *
 * Exponential at worst; prices usually leave a few thousand nodes.
 */
export function branchAndBound(space: SearchSpace, options: SearchOptions): SearchResult {
  if (space.groups.some((group) => group.costs.length === 0)) return nothing(Number.POSITIVE_INFINITY, true);
  const ceiling = options.elastic ? 1 : Number.POSITIVE_INFINITY;
  const byUse = findMultipliers(space, { ceiling, withCosts: false });
  if (!options.elastic && byUse.bound > budgetTolerance) return nothing(Number.POSITIVE_INFINITY, true);
  return search(space, findMultipliers(space, { ceiling, withCosts: true }), byUse, options);
}

function nothing(bound: number, complete: boolean): SearchResult {
  return { picks: null, value: Number.POSITIVE_INFINITY, bound, complete };
}

/** One group, ready to be searched. */
interface Level {
  readonly group: number;
  /** Rows in the order they are tried: by reduced cost, and by use where budgets are elastic. */
  readonly order: readonly number[];
  /** Cost + price · use of each row, in the group's own order. */
  readonly reduced: Float64Array;
  /** Weight · use alone, under the weights that may prove that nothing fits. */
  readonly weighted: Float64Array;
}

/** The least that the groups from each depth on add, at depth d: sums to the end. */
interface Rest {
  readonly reduced: Float64Array;
  readonly costs: Float64Array;
  readonly weighted: Float64Array;
  /** depth × budgets, row-major. */
  readonly uses: Float64Array;
}

function search(space: SearchSpace, byCost: Multipliers, byUse: Multipliers, options: SearchOptions): SearchResult {
  const { elastic, nodeLimit, cutoff } = options;
  const levels = orderLevels(space, byCost, byUse, elastic);
  const rest = sumRest(space, levels);
  const count = space.budgets.length;
  const used = new Float64Array((levels.length + 1) * count);
  const [offset, room] = [total(byCost.prices), total(byUse.prices) + budgetTolerance];
  const picks = new Array<number>(levels.length);
  let found: readonly number[] | null = null;
  let [value, nodes, open] = [cutoff, 0, Number.POSITIVE_INFINITY];

  /** Searches below a node; false when the limit was reached. */
  const visit = (depth: number, cost: number, reduced: number, weighted: number): boolean => {
    if (depth === levels.length) {
      const whole = cost + (elastic ? excessOf(used, depth, rest.uses, count) : 0);
      if (improves(whole, value)) [value, found] = [whole, picks.slice()];
      return true;
    }
    const level = levels[depth]!;
    const { costs, uses } = space.groups[level.group]!;
    for (const row of level.order) {
      const reducedHere = reduced + level.reduced[row]!;
      const bound = reducedHere + rest.reduced[depth + 1]! - offset;
      if (!improves(bound, value)) {
        if (elastic) continue;
        break;
      }
      if (depth === 0) open = elastic ? byCost.bound : bound;
      nodes += 1;
      if (nodes > nodeLimit) return false;
      const weightedHere = weighted + level.weighted[row]!;
      if (!elastic && weightedHere + rest.weighted[depth + 1]! > room) continue;
      take(used, depth, uses, row, count);
      const excess = excessOf(used, depth + 1, rest.uses, count);
      if (excess > 0 && !elastic) continue;
      if (!improves(cost + costs[row]! + rest.costs[depth + 1]! + excess, value)) continue;
      picks[level.group] = row;
      if (!visit(depth + 1, cost + costs[row]!, reducedHere, weightedHere)) return false;
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

/** Writes what is used once a row is taken at a depth. */
function take(used: Float64Array, depth: number, uses: Float64Array, row: number, count: number) {
  for (let b = 0; b < count; b += 1) used[(depth + 1) * count + b] = used[depth * count + b]! + uses[row * count + b]!;
}

/** By how much budgets are exceeded at a depth even if the rest takes its least, in parts of them; rounding is no excess. */
function excessOf(used: Float64Array, depth: number, restUses: Float64Array, count: number): number {
  let excess = 0;
  for (let b = depth * count; b < (depth + 1) * count; b += 1) {
    const use = used[b]! + restUses[b]!;
    if (use > 1 + budgetTolerance) excess += use - 1;
  }
  return excess;
}

function orderLevels(space: SearchSpace, byCost: Multipliers, byUse: Multipliers, elastic: boolean): Level[] {
  const levels = space.groups.map(({ costs, uses }, group) => {
    const reduced = costs.map((cost, row) => cost + priceOf(uses, row, byCost.prices));
    const weighted = costs.map((_, row) => priceOf(uses, row, byUse.prices));
    const rank = elastic ? reduced.map((cost, row) => cost + weightInDoubt * weighted[row]!) : reduced;
    const order = Array.from(costs.keys()).sort((a, b) => rank[a]! - rank[b]! || a - b);
    return {
      group,
      order,
      reduced,
      weighted,
      lead: order.length > 1 ? rank[order[1]!]! - rank[order[0]!]! : Number.POSITIVE_INFINITY,
    };
  });
  return levels.sort((a, b) => (a.lead === b.lead ? a.group - b.group : b.lead - a.lead));
}

function priceOf(uses: Float64Array, row: number, prices: Float64Array): number {
  let sum = 0;
  for (let b = 0; b < prices.length; b += 1) sum += prices[b]! * uses[row * prices.length + b]!;
  return sum;
}

function sumRest({ groups, budgets }: SearchSpace, levels: readonly Level[]): Rest {
  const count = budgets.length;
  const uses = new Float64Array((levels.length + 1) * count);
  for (let depth = levels.length - 1; depth >= 0; depth -= 1) {
    const group = groups[levels[depth]!.group]!;
    for (let b = 0; b < count; b += 1) {
      const column = group.costs.map((_, row) => group.uses[row * count + b]!);
      uses[depth * count + b] = uses[(depth + 1) * count + b]! + least(column);
    }
  }
  return {
    reduced: suffixSums(levels.map((level) => least(level.reduced))),
    costs: suffixSums(levels.map((level) => least(groups[level.group]!.costs))),
    weighted: suffixSums(levels.map((level) => least(level.weighted))),
    uses,
  };
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
