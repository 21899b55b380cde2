import { quantileRanks } from "./quantileRanks.ts";

/** Bounds of a quantile, in the unit of the samples; a side is `undefined` when there are too few samples to bound it. */
export interface QuantileInterval {
  readonly lower: number | undefined;
  readonly upper: number | undefined;
}

/**
 * Distribution-free confidence interval of a quantile, from order statistics. Ties make it wider in coverage, never narrower.
 *
 * @param sorted  samples in ascending order, length n ≥ 1, independent; any unit, the result has the same
 * @param p  quantile, 0 < p < 1
 * @param confidence  coverage to guarantee, 0 < confidence < 1, by default 0.99
 * @returns bounds that are themselves samples; a side is `undefined` when n is too small for it
 * @throws RangeError when p or confidence is out of range or `sorted` is empty
 * @see quantileRanks, which also gives the definition and the source
 * @example quantileInterval(latencies, 0.99)  // n = 1000: the 981st and the 998th sample
 */
export function quantileInterval(sorted: ArrayLike<number>, p: number, confidence = 0.99): QuantileInterval {
  if (sorted.length === 0) throw new RangeError("an interval needs at least one sample");
  const { lower, upper } = quantileRanks(sorted.length, p, confidence);
  return {
    lower: lower === undefined ? undefined : sorted[lower - 1],
    upper: upper === undefined ? undefined : sorted[upper - 1],
  };
}
