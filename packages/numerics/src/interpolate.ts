/**
 * Piecewise-linear interpolation. Outside the knots the value of the nearest end is held, since a line drawn further promises what nobody
 * measured.
 *
 * @param knots  strictly ascending, length k ≥ 1, without NaN
 * @param values  one per knot
 * @param x  where to look
 * @throws RangeError when there is no knot, the lengths differ, or x is NaN
 * @see O(log k); the order of the knots is the caller's promise and not checked
 * @example interpolate([1, 2, 4], [10, 20, 30], 3)  // 25
 */
export function interpolate(knots: ArrayLike<number>, values: ArrayLike<number>, x: number): number {
  const k = knots.length;
  if (k === 0 || values.length !== k) {
    throw new RangeError(`interpolation needs as many values as knots and at least one, got ${values.length} for ${k}`);
  }
  if (Number.isNaN(x)) throw new RangeError("cannot interpolate at NaN");
  if (x <= knots[0]!) return values[0]!;
  if (x >= knots[k - 1]!) return values[k - 1]!;
  let below = 0;
  let above = k - 1;
  while (above - below > 1) {
    const middle = (below + above) >>> 1;
    if (knots[middle]! <= x) below = middle;
    else above = middle;
  }
  const share = (x - knots[below]!) / (knots[above]! - knots[below]!);
  return values[below]! * (1 - share) + values[above]! * share;
}
