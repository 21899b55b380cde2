import { binomialAtLeast, binomialAtMost } from "./binomial.ts";

/** The two order statistics that bound a quantile: ranks from 1, or `undefined` on a side that n samples cannot bound. */
export interface QuantileRanks {
  readonly lower: number | undefined;
  readonly upper: number | undefined;
}

/**
 * Ranks of the order statistics that hold the p-quantile between them with at least the given confidence, whatever the distribution.
 *
 * The number B of samples below the quantile is Binomial(n, p). With α = 1 − confidence, `lower` is the largest rank l with
 * P(B ≤ l − 1) ≤ α/2 and `upper` the smallest rank u with P(B ≥ u) ≤ α/2. Ties between probabilities within 1e-12 count as equal.
 *
 * @param n  number of independent samples, a whole number ≥ 0
 * @param p  quantile, 0 < p < 1
 * @param confidence  coverage to guarantee, 0 < confidence < 1, by default 0.99
 * @throws RangeError when an argument is out of range
 * @see H. A. David and H. N. Nagaraja, Order Statistics (2003), section 7.1; O(√n log n)
 * @example quantileRanks(1000, 0.99)  // { lower: 981, upper: 998 }
 */
export function quantileRanks(n: number, p: number, confidence = 0.99): QuantileRanks {
  checkQuantile(p, confidence);
  if (!(Number.isSafeInteger(n) && n >= 0)) {
    throw new RangeError(`the number of samples must be a whole number from 0 on, got ${n}`);
  }
  const tail = tailOf(confidence);
  const tooLow = firstWhere(0, n, (rank) => binomialAtMost(rank, n, p) > tail);
  const upper = firstWhere(1, n + 1, (rank) => binomialAtLeast(rank, n, p) <= tail);
  return { lower: tooLow === 0 ? undefined : tooLow, upper: upper > n ? undefined : upper };
}

/** The chance left to each side of an interval, with room for the rounding of probabilities that meet it exactly. */
export function tailOf(confidence: number): number {
  return ((1 - confidence) / 2) * (1 + 1e-12);
}

export function checkQuantile(p: number, confidence: number): void {
  if (!(p > 0 && p < 1)) throw new RangeError(`a quantile must lie between 0 and 1, got ${p}`);
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`a confidence must lie between 0 and 1, got ${confidence}`);
  }
}

/** The first whole number in [from, to) for which the test holds, or `to`; the test must stay true once it is. */
export function firstWhere(from: number, to: number, test: (value: number) => boolean): number {
  while (from < to) {
    const middle = from + Math.floor((to - from) / 2);
    if (test(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}
