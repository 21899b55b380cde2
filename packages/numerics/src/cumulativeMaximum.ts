/**
 * The largest value so far at every place: the least non-decreasing sequence that is nowhere below the given one.
 *
 * @param values  any length; NaN spreads to all that follow
 * @example cumulativeMaximum([1, 3, 2, 4])  // 1, 3, 3, 4
 */
export function cumulativeMaximum(values: ArrayLike<number>): Float64Array {
  const maxima = new Float64Array(values.length);
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    most = Math.max(most, values[i]!);
    maxima[i] = most;
  }
  return maxima;
}
