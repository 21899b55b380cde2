/**
 * Mean of whole numbers, rounded to a whole number, halves up.
 *
 * @param samples  whole numbers, at least one, whose doubled sum is below 2⁵³
 * @throws RangeError when there are none
 * @example meanHalfUp([1, 2])  // 2
 */
export function meanHalfUp(samples: ArrayLike<number>): number {
  const n = samples.length;
  if (n === 0) throw new RangeError("a mean needs at least one sample");
  let sum = 0;
  for (let i = 0; i < n; i++) sum += samples[i]!;
  return Math.floor((2 * sum + n) / (2 * n));
}
