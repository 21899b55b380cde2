/**
 * The p-quantile interpolated linearly between samples (Hyndman and Fan's type 7, the default of R and NumPy).
 *
 * For medians, quartiles and plots; a reported percentile is an observed sample, see `quantile`.
 *
 * @param sorted  samples in ascending order, length n ≥ 1
 * @param p  0 ≤ p ≤ 1
 * @throws RangeError when p is out of range or `sorted` is empty
 * @see R. Hyndman and Y. Fan, Sample Quantiles in Statistical Packages (1996)
 * @example interpolatedQuantile([1, 2, 3, 4], 0.5)  // 2.5
 */
export function interpolatedQuantile(sorted: ArrayLike<number>, p: number): number {
  if (sorted.length === 0) throw new RangeError("a quantile needs at least one sample");
  if (!(p >= 0 && p <= 1)) throw new RangeError(`a quantile must lie from 0 to 1, got ${p}`);
  const place = p * (sorted.length - 1);
  const below = Math.floor(place);
  const share = place - below;
  return share === 0 ? sorted[below]! : sorted[below]! * (1 - share) + sorted[below + 1]! * share;
}
