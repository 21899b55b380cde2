/**
 * Does the first point dominate the second? Every objective is minimised: it must be at most as large everywhere and smaller somewhere.
 *
 * Equal points do not dominate each other. A point with a NaN neither dominates nor is dominated.
 *
 * @param a  objectives of the first point
 * @param b  objectives of the second, of the same length
 * @throws RangeError when the lengths differ
 * @example dominates([1, 2], [1, 3])  // true
 */
export function dominates(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) throw new RangeError(`cannot compare ${a.length} objectives with ${b.length}`);
  let better = false;
  for (let j = 0; j < a.length; j++) {
    if (!(a[j]! <= b[j]!)) return false;
    if (a[j]! < b[j]!) better = true;
  }
  return better;
}
