import { normalCumulative } from "./normalCumulative.ts";

/** Outcome of the Mann-Kendall test. */
export interface TrendTest {
  /** S: pairs that rise minus pairs that fall. */
  readonly score: number;
  /** Variance of S without a trend, ties allowed for. */
  readonly variance: number;
  /** Two-sided: chance of a score at least as far from 0 when all orders are equally likely. Small: there is a trend. */
  readonly pValue: number;
}

/**
 * Mann-Kendall test of a monotone trend in a sequence.
 *
 * The p-value is exact up to 50 samples without ties; otherwise from the normal approximation with continuity correction. Fewer than 3
 * samples, or equal ones, cannot show a trend: p = 1. Neighbours must be independent: correlation makes p too small.
 *
 * @param samples  in the order in which they were taken, without NaN; length n ≥ 0
 * @see M. G. Kendall, Rank Correlation Methods (1975); W. Knight (1966) for the O(n log n) count
 * @example mannKendall(windowMedians).pValue < 0.01  // drifting
 */
export function mannKendall(samples: ArrayLike<number>): TrendTest {
  const n = samples.length;
  if (n < 2) return { score: 0, variance: 0, pValue: 1 };
  const values = Float64Array.from(samples);
  const falls = countFalls(values);
  const { pairs: tiedPairs, correction } = countTies(values);
  const score = (n * (n - 1)) / 2 - tiedPairs - 2 * falls;
  const variance = (n * (n - 1) * (2 * n + 5) - correction) / 18;
  const exact = n <= greatestExact && tiedPairs === 0;
  return { score, variance, pValue: exact ? exactPValue(n, falls) : normalPValue(score, variance) };
}

const greatestExact = 50;

/** Pairs i < j with x_i > x_j, by merge sort; leaves the values sorted. */
function countFalls(values: Float64Array): number {
  const spare = new Float64Array(values.length);
  let falls = 0;
  for (let width = 1; width < values.length; width *= 2) {
    for (let start = 0; start + width < values.length; start += 2 * width) {
      falls += mergeRuns(values, spare, start, start + width, Math.min(start + 2 * width, values.length));
    }
  }
  return falls;
}

function mergeRuns(values: Float64Array, spare: Float64Array, start: number, middle: number, end: number): number {
  let falls = 0;
  let left = start;
  let right = middle;
  for (let k = start; k < end; k++) {
    if (right === end || (left < middle && values[left]! <= values[right]!)) spare[k] = values[left++]!;
    else {
      falls += middle - left;
      spare[k] = values[right++]!;
    }
  }
  values.set(spare.subarray(start, end), start);
  return falls;
}

function countTies(sorted: Float64Array): { pairs: number; correction: number } {
  let pairs = 0;
  let correction = 0;
  for (let start = 0, end = 0; start < sorted.length; start = end) {
    while (end < sorted.length && sorted[end] === sorted[start]) end++;
    const t = end - start;
    pairs += (t * (t - 1)) / 2;
    correction += t * (t - 1) * (2 * t + 5);
  }
  return { pairs, correction };
}

function normalPValue(score: number, variance: number): number {
  if (score === 0 || variance === 0) return 1;
  return Math.min(1, 2 * normalCumulative(-(Math.abs(score) - 1) / Math.sqrt(variance)));
}

/** The number of falls of a random order is a sum of uniform numbers on 0 … k − 1 for k = 1 … n (Kendall 1975, section 5.2). */
function exactPValue(n: number, falls: number): number {
  const most = (n * (n - 1)) / 2;
  let chances = Float64Array.of(1);
  for (let k = 2; k <= n; k++) {
    const wider = new Float64Array(chances.length + k - 1);
    chances.forEach((chance, i) => {
      for (let j = 0; j < k; j++) wider[i + j]! += chance / k;
    });
    chances = wider;
  }
  const few = Math.min(falls, most - falls);
  return Math.min(1, 2 * chances.subarray(0, few + 1).reduce((sum, chance) => sum + chance, 0));
}
