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
  const front = argsort(x);
  for (let i = 0; i < n; i++) front[i] = chosen[front[i]!]!;
  let size = 0; // the front overwrites the order that it is read from
  let lowest = Number.POSITIVE_INFINITY;
  for (let start = 0, end = 0; start < n; start = end) {
    const width = matrix[2 * front[start]!]!;
    let least = Number.POSITIVE_INFINITY;
    for (; end < n && matrix[2 * front[end]!] === width; end++) {
      least = Math.min(least, matrix[2 * front[end]! + 1]!);
    }
    if (start > 0 && least >= lowest) continue;
    lowest = least;
    for (let i = start; i < end; i++) {
      if (matrix[2 * front[i]! + 1]! === least) front[size++] = front[i]!;
    }
  }
  return front.subarray(0, size);
}
