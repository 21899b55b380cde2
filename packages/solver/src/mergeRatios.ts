/** How the time of a batch scatters: ratios to the median, each with its probability. */
export interface RatioNodes {
  readonly ratios: Float64Array;
  readonly weights: Float64Array;
}

/** More quantiles than these are first averaged in equal parts, which bounds the work. */
const mostQuantiles = 256;

/**
 * Quantiles of service ratios as few weighted nodes: the partition into runs that loses least variance, then stretched about the mean
 * so that none is lost. The mean is kept, and the variance of up to 256 quantiles.
 *
 * @param quantiles  ratios at (i + 0.5)/n, all positive
 * @param most  most nodes wanted, ≥ 1
 * @see Fisher, Journal of the American Statistical Association 53 (1958), "grouping for maximum homogeneity"; O(most · n log n)
 */
export function mergeRatios(quantiles: readonly number[], most: number): RatioNodes {
  const own = merged.get(quantiles) ?? new Map<number, RatioNodes>();
  merged.set(quantiles, own);
  const nodes = own.get(most) ?? merge(quantiles, most);
  own.set(most, nodes);
  return nodes;
}

/** A queue is analysed at many rates with the same scatter. */
const merged = new WeakMap<readonly number[], Map<number, RatioNodes>>();

function merge(quantiles: readonly number[], most: number): RatioNodes {
  const sorted = shorten(Float64Array.from(quantiles).sort());
  const starts = splitIntoRuns(sorted, Math.min(most, new Set(sorted).size));
  const runs = starts.map((start, i) => sorted.subarray(start, starts[i + 1] ?? sorted.length));
  const weights = Float64Array.from(runs, (run) => run.length / sorted.length);
  return { ratios: restoreVariance(Float64Array.from(runs, mean), weights, sorted), weights };
}

/** Averages over equal parts of the probability. */
function shorten(sorted: Float64Array): Float64Array {
  if (sorted.length <= mostQuantiles) return sorted;
  const sums = new Float64Array(sorted.length + 1);
  for (let i = 0; i < sorted.length; i += 1) sums[i + 1] = sums[i]! + sorted[i]!;
  const upTo = (place: number) => sums[Math.floor(place)]! + (place % 1) * (sorted[Math.floor(place)] ?? 0);
  const width = sorted.length / mostQuantiles;
  return Float64Array.from({ length: mostQuantiles }, (_, i) => (upTo((i + 1) * width) - upTo(i * width)) / width);
}

/** Where each of `count` runs starts, such that the squares of deviations inside runs add up to least. */
function splitIntoRuns(sorted: Float64Array, count: number): number[] {
  const n = sorted.length;
  const sums = new Float64Array(n + 1);
  const squares = new Float64Array(n + 1);
  for (let i = 0; i < n; i += 1) {
    sums[i + 1] = sums[i]! + sorted[i]! - sorted[0]!;
    squares[i + 1] = squares[i]! + (sorted[i]! - sorted[0]!) ** 2;
  }
  const within = (from: number, to: number) => {
    const sum = sums[to]! - sums[from]!;
    return Math.max(0, squares[to]! - squares[from]! - (sum * sum) / (to - from));
  };
  let before = Float64Array.from({ length: n + 1 }, (_, to) => (to === 0 ? 0 : within(0, to)));
  const lastStarts: Int32Array[] = [];
  for (let runs = 2; runs <= count; runs += 1) {
    const { costs, starts } = extend(before, within, runs, n);
    before = costs;
    lastStarts.push(starts);
  }
  const starts: number[] = [];
  for (let runs = count, end = n; runs > 1; runs -= 1) {
    end = lastStarts[runs - 2]![end]!;
    starts.unshift(end);
  }
  return [0, ...starts];
}

/** Adds one run to the best partitions of all prefixes. The best start of the last run never moves back, so ranges are halved. */
function extend(before: Float64Array, within: (from: number, to: number) => number, runs: number, n: number) {
  const costs = new Float64Array(n + 1).fill(Number.POSITIVE_INFINITY);
  const starts = new Int32Array(n + 1);
  const solve = (low: number, high: number, first: number, last: number) => {
    if (low > high) return;
    const to = (low + high) >> 1;
    for (let from = Math.max(first, runs - 1); from <= Math.min(last, to - 1); from += 1) {
      const cost = before[from]! + within(from, to);
      if (cost < costs[to]!) [costs[to], starts[to]] = [cost, from];
    }
    solve(low, to - 1, first, starts[to]!);
    solve(to + 1, high, starts[to]!, last);
  };
  solve(runs, n, runs - 1, n - 1);
  return { costs, starts };
}

/** Stretches the nodes about their mean, as merging has taken some variance away. */
function restoreVariance(ratios: Float64Array, weights: Float64Array, all: Float64Array): Float64Array {
  const centre = mean(all);
  const wanted = all.reduce((sum, ratio) => sum + (ratio - centre) ** 2, 0) / all.length;
  const kept = ratios.reduce((sum, ratio, j) => sum + weights[j]! * (ratio - centre) ** 2, 0);
  const stretch = kept > 0 ? Math.sqrt(wanted / kept) : 1;
  const stretched = ratios.map((ratio) => centre + (ratio - centre) * stretch);
  return stretched[0]! > 0 ? stretched : ratios;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
