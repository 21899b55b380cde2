import { hypervolumeOfMany } from "./hypervolumeOfMany.ts";
import { hypervolumeOfPlane } from "./hypervolumeOfPlane.ts";
import { hypervolumeOfSpace } from "./hypervolumeOfSpace.ts";
import { type Points, pointMatrix } from "./pointMatrix.ts";

/**
 * Volume of the objective space that the points dominate, up to a reference point; every objective is minimised.
 *
 * Exact. A point counts only if it lies below the reference in every objective: others, and points with a NaN, contribute 0. Dominated
 * and repeated points change nothing.
 *
 * @param points  rows of m numbers each; or n × m numbers, row-major, which are not changed
 * @param reference  m finite numbers, the worst values that still count; its length says what m is
 * @returns volume in the product of the objectives' units, 0 for no points
 * @throws RangeError when a row does not have m objectives, the reference is not finite, or a point below it has an objective of -Infinity
 * @see Beume, Fonseca, López-Ibáñez, Paquete and Vahrenhold (2009), O(n log n) for two and three objectives; While, Bradstreet and
 * Barone (2012), "WFG", above: fine for a few hundred points of five objectives
 * @example hypervolume([[0, 1], [0.5, 0.5], [1, 0]], [2, 2])  // 3.25
 */
export function hypervolume(points: Points, reference: readonly number[]): number {
  if (!reference.every(Number.isFinite)) {
    throw new RangeError(`the reference point must be finite, got (${reference.join(", ")})`);
  }
  const m = reference.length;
  const gains = gainsBelow(pointMatrix(points, m), reference);
  if (m === 1) return gains.reduce((most, gain) => Math.max(most, gain), 0);
  if (m === 2) return hypervolumeOfPlane(gains);
  if (m === 3) return hypervolumeOfSpace(gains);
  return hypervolumeOfMany(gains, m);
}

/** Per point how far each objective lies below the reference, n × m; the points that do not count are left out. */
function gainsBelow(matrix: Float64Array, reference: readonly number[]): Float64Array {
  const m = reference.length;
  const gains = new Float64Array(matrix.length);
  let size = 0;
  for (let at = 0; at < matrix.length; at += m) {
    let counts = true;
    let infinite = false;
    for (let j = 0; j < m; j++) {
      const gain = reference[j]! - matrix[at + j]!;
      if (!(gain > 0)) counts = false;
      if (gain === Number.POSITIVE_INFINITY) infinite = true;
      gains[size + j] = gain;
    }
    if (counts && infinite) throw new RangeError(`point ${at / m} dominates an infinite volume`);
    if (counts) size += m;
  }
  return gains.subarray(0, size);
}
