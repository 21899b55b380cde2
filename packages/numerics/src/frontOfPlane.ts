import { argsort } from "./argsort.ts";

/**
 * Front of points with two objectives: a sweep along the first, in which a point survives when its second is below everything before.
 *
 * @param matrix  n × 2, row-major
 * @param chosen  the points to look at, without NaN
 * @returns the indices of the front, in no particular order; O(n log n)
 * @see H. T. Kung, F. Luccio and F. P. Preparata (1975)
 */
export function frontOfPlane(matrix: Float64Array, chosen: Uint32Array): Uint32Array {
  const n = chosen.length;
  const x = new Float64Array(n);
  for (let i = 0; i < n; i++) x[i] = matrix[2 * chosen[i]!]!;
  const order = argsort(x);
  const front = new Uint32Array(n);
  let size = 0;
  let lowest = Number.POSITIVE_INFINITY;
  let none = true;
  for (let start = 0, end = 0; start < n; start = end) {
    let least = Number.POSITIVE_INFINITY;
    for (; end < n && x[order[end]!] === x[order[start]!]; end++) {
      least = Math.min(least, matrix[2 * chosen[order[end]!]! + 1]!);
    }
    if (least >= lowest && !none) continue;
    for (let i = start; i < end; i++) {
      const point = chosen[order[i]!]!;
      if (matrix[2 * point + 1]! === least) front[size++] = point;
    }
    lowest = least;
    none = false;
  }
  return front.subarray(0, size);
}
