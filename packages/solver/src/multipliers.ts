import type { SearchSpace } from "./searchSpace.ts";

/** A price per budget, and the bound on the total cost that it proves. */
export interface Multipliers {
  readonly prices: Float64Array;
  /** No selection within the budgets costs less. */
  readonly bound: number;
}

/** What the prices are to prove. */
export interface MultiplierOptions {
  /** Highest price: infinite when budgets must hold, 1 when exceeding one costs its relative excess. */
  readonly ceiling: number;
  /** False to price uses alone: a positive bound then proves that nothing fits. */
  readonly withCosts: boolean;
}

const iterations = 300;

/**
 * Prices of the budgets whose Lagrangian bound is nearly the best: each group takes its cheapest choice of cost + price · use.
 *
 * Projected subgradient ascent with a step that halves when the bound stalls. Any prices give a valid bound; better ones prune more.
 *
 * @see Fisher, Management Science 27 (1981)
 */
export function findMultipliers(space: SearchSpace, { ceiling, withCosts }: MultiplierOptions): Multipliers {
  const count = space.budgets.length;
  const scale = withCosts && !Number.isFinite(ceiling) ? Math.max(costRange(space), Number.MIN_VALUE) : 1;
  let best: Multipliers = { prices: new Float64Array(count), bound: Number.NEGATIVE_INFINITY };
  const prices = new Float64Array(count).fill(withCosts ? 0 : 1 / count);
  let step = 1;
  for (let i = 0, stalled = 0; i < iterations && step > 1e-7; i += 1) {
    const { bound, excess } = evaluate(space, prices, withCosts);
    if (bound > best.bound + 1e-12 * scale) {
      best = { prices: prices.slice(), bound };
      stalled = 0;
    } else if (++stalled > 8) {
      step /= 2;
      stalled = 0;
      prices.set(best.prices);
      continue;
    }
    const length = Math.hypot(...excess);
    if (length === 0) break;
    for (let b = 0; b < count; b += 1)
      prices[b] = Math.min(ceiling, Math.max(0, prices[b]! + (step * scale * excess[b]!) / length));
    if (!withCosts) normalise(prices);
  }
  return best;
}

function evaluate({ groups }: SearchSpace, prices: Float64Array, withCosts: boolean) {
  const count = prices.length;
  const excess = new Float64Array(count).fill(-1);
  let bound = -sum(prices);
  for (const { costs, uses } of groups) {
    let least = Number.POSITIVE_INFINITY;
    let at = 0;
    for (let c = 0; c < costs.length; c += 1) {
      let reduced = withCosts ? costs[c]! : 0;
      for (let b = 0; b < count; b += 1) reduced += prices[b]! * uses[c * count + b]!;
      if (reduced < least) [least, at] = [reduced, c];
    }
    bound += least;
    for (let b = 0; b < count; b += 1) excess[b]! += uses[at * count + b]!;
  }
  return { bound, excess };
}

/** How far costs lie apart inside groups: prices are of that order. */
function costRange({ groups }: SearchSpace): number {
  return groups.reduce((range, { costs }) => {
    const [least, most] = [Math.min(...costs), Math.max(...costs)];
    return Math.max(range, most - least, Math.abs(least) * 1e-6);
  }, 0);
}

function normalise(prices: Float64Array) {
  const total = sum(prices);
  for (let b = 0; b < prices.length; b += 1) prices[b] = total > 0 ? prices[b]! / total : 1 / prices.length;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
