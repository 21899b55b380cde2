import { cullDominated } from "./cullDominated.ts";
import { frontOfMany } from "./frontOfMany.ts";
import { frontOfPlane } from "./frontOfPlane.ts";
import { frontOfSpace } from "./frontOfSpace.ts";
import { type Points, pointMatrix } from "./pointMatrix.ts";

/**
 * Indices of the points that no other point dominates; every objective is minimised (negate what is to be maximised).
 *
 * Of equal points all stay, since none dominates another. A point with a NaN is invalid: it is never on the front and removes nobody.
 * Infinite objectives are ordinary numbers.
 *
 * @param points  rows of m numbers each; or n × m numbers, row-major, which are not changed
 * @param objectives  m; may be left out for rows
 * @returns indices in ascending order
 * @throws RangeError when rows differ in length or the array's length is no multiple of m
 * @see dominates; O(n log n) for two and three objectives, a k-d tree above
 * @example paretoFront([[1, 3], [2, 2], [2, 4]])  // [0, 1]
 */
export function paretoFront(points: readonly (readonly number[])[]): number[];
export function paretoFront(points: Points, objectives: number): number[];
export function paretoFront(points: Points, objectives?: number): number[] {
  if (points.length === 0) return [];
  const m = objectives ?? (points[0] as readonly number[]).length;
  const matrix = pointMatrix(points, m);
  const front = (chosen: Uint32Array) => exactFront(matrix, m, chosen);
  return ascending(front(cullDominated(matrix, m, front)), matrix.length / m);
}

/** Marks and collects: quicker than sorting when the front is large. */
function ascending(front: Uint32Array, n: number): number[] {
  const isMember = new Uint8Array(n);
  for (let k = 0; k < front.length; k++) isMember[front[k]!] = 1;
  const members: number[] = [];
  for (let i = isMember.indexOf(1); i >= 0; i = isMember.indexOf(1, i + 1)) members.push(i);
  return members;
}

function exactFront(matrix: Float64Array, objectives: number, chosen: Uint32Array): Uint32Array {
  if (objectives === 2) return frontOfPlane(matrix, chosen);
  if (objectives === 3) return frontOfSpace(matrix, chosen);
  return frontOfMany(matrix, objectives, chosen);
}
