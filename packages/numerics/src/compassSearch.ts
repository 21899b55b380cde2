/** Where and how finely to search. */
export interface CompassOptions {
  /** Smallest and largest value of each coordinate. */
  readonly bounds: readonly (readonly [number, number])[];
  /** First step along each coordinate. */
  readonly step: number;
  /** The search ends when the step has been halved below this. */
  readonly smallestStep: number;
}

/**
 * A local minimum by trying one step up and down each coordinate in turn, halving the step when none helps. Needs no derivative,
 * draws nothing, and never leaves the bounds.
 *
 * @returns the best point found and its value
 * @see T. G. Kolda, R. M. Lewis and V. Torczon, Optimization by Direct Search, SIAM Review 45 (2003), section 1
 */
export function compassSearch(
  objective: (point: readonly number[]) => number,
  start: readonly number[],
  { bounds, step, smallestStep }: CompassOptions,
): { readonly point: readonly number[]; readonly value: number } {
  let best = { point: start, value: objective(start) };
  for (let size = step; size >= smallestStep; ) {
    const before = best.value;
    for (let axis = 0; axis < start.length; axis++) {
      for (const direction of [size, -size]) {
        const moved = clamp(best.point[axis] + direction, bounds[axis]);
        if (moved === best.point[axis]) continue;
        const point = best.point.with(axis, moved);
        const value = objective(point);
        if (value < best.value) {
          best = { point, value };
          break;
        }
      }
    }
    if (best.value === before) size /= 2;
  }
  return best;
}

function clamp(value: number, [low, high]: readonly [number, number]): number {
  return Math.min(high, Math.max(low, value));
}
