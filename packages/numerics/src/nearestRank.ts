/**
 * The p-quantile as the sample of the nearest rank: element ⌈p n⌉ of the sorted samples, counted from 1, and at least the first.
 *
 * Unlike `quantile`, it takes the sample below where p n is whole, so that low quantiles of few samples are their minimum. Products within
 * 1e-15 above a whole number count as that number.
 *
 * @param sorted  samples in ascending order, length n ≥ 1
 * @param p  0 ≤ p ≤ 1
 * @throws RangeError when p is out of range or `sorted` is empty
 * @example nearestRank([1, 2, 3, 4, 5], 0.1)  // 1
 */
export function nearestRank(sorted: ArrayLike<number>, p: number): number {
  if (sorted.length === 0) throw new RangeError("a quantile needs at least one sample");
  if (!(p >= 0 && p <= 1)) throw new RangeError(`a quantile must lie from 0 to 1, got ${p}`);
  return sorted[Math.max(1, Math.ceil(p * sorted.length * (1 - 2 ** -50))) - 1]!;
}
