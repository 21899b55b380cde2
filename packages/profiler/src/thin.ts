/**
 * A sorted sample as a smaller one of the same distribution: the order statistics at (i + ½)/m for i = 0 … m − 1. It lets an
 * interval for n samples be taken as if there were m.
 *
 * @param sorted  n samples in ascending order, n ≥ m
 * @param m  samples to keep, a whole number ≥ 1
 */
export function thin(sorted: ArrayLike<number>, m: number): Float64Array {
  return Float64Array.from({ length: m }, (_, i) => sorted[Math.floor(((i + 0.5) / m) * sorted.length)]!);
}
