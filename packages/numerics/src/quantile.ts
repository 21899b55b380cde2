/**
 * The p-quantile as an observed sample: element ⌊n · p⌋ of the sorted samples, counted from 0, and the last one for p = 1.
 *
 * Never interpolates, so it is a value that really occurred. For n · p not whole it is the nearest rank ⌈n · p⌉ counted from 1; for n · p whole it
 * is the sample above, so that a fraction p of all samples lies before it. Products within 1e-15 below a whole number count as that number.
 *
 * @param sorted  samples in ascending order, length n ≥ 1
 * @param p  0 ≤ p ≤ 1
 * @throws RangeError when p is out of range or `sorted` is empty
 * @see MLPerf LoadGen takes the same element for its latency percentiles
 * @example quantile([1, 2, 3, 4], 0.5)  // 3
 */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  if (sorted.length === 0) throw new RangeError("a quantile needs at least one sample");
  return sorted[quantileIndex(sorted.length, p)]!;
}

/** Index from 0 of the p-quantile among n sorted samples, n ≥ 1; see `quantile`. */
export function quantileIndex(n: number, p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`a quantile must lie from 0 to 1, got ${p}`);
  return Math.min(Math.floor(n * p * (1 + 2 ** -50)), n - 1);
}
