import { argsort } from "./argsort.ts";
import { lexicographicOrder } from "./lexicographicOrder.ts";

/**
 * Front of points with three objectives: a sweep in lexicographic order over a Fenwick tree, which holds for every rank of the second objective
 * the least third objective seen up to it.
 *
 * @param matrix  n × 3, row-major
 * @param chosen  the points to look at, without NaN
 * @returns the indices of the front, in no particular order; O(n log n)
 * @see H. T. Kung, F. Luccio and F. P. Preparata (1975); P. M. Fenwick (1994)
 */
export function frontOfSpace(matrix: Float64Array, chosen: Uint32Array): Uint32Array {
  const n = chosen.length;
  const order = lexicographicOrder(matrix, 3, chosen);
  const ranks = denseRanks(matrix, order);
  const least = new Float64Array(n + 1).fill(Number.POSITIVE_INFINITY);
  const occupied = new Uint8Array(n + 1); // tells an absent third objective from an infinite one
  const front = new Uint32Array(n);
  let size = 0;
  let kept = false;
  for (let i = 0; i < n; i++) {
    const at = 3 * order[i]!;
    if (i === 0 || !samePoint(matrix, at, 3 * order[i - 1]!)) {
      const z = matrix[at + 2]!;
      kept = !isCovered(least, occupied, ranks[i]!, z);
      if (kept) cover(least, occupied, ranks[i]!, z);
    }
    front[size] = order[i]!;
    if (kept) size++;
  }
  return front.subarray(0, size);
}

/** Rank from 1 of each ordered point's second objective; equal values share a rank. */
function denseRanks(matrix: Float64Array, order: Uint32Array): Uint32Array {
  const y = new Float64Array(order.length);
  for (let i = 0; i < y.length; i++) y[i] = matrix[3 * order[i]! + 1]!;
  const byY = argsort(y);
  const ranks = new Uint32Array(y.length);
  let rank = 0;
  for (let k = 0; k < byY.length; k++) {
    if (k === 0 || y[byY[k]!] !== y[byY[k - 1]!]) rank++;
    ranks[byY[k]!] = rank;
  }
  return ranks;
}

function samePoint(matrix: Float64Array, a: number, b: number): boolean {
  return matrix[a] === matrix[b] && matrix[a + 1] === matrix[b + 1] && matrix[a + 2] === matrix[b + 2];
}

function isCovered(least: Float64Array, occupied: Uint8Array, rank: number, z: number): boolean {
  for (let k = rank; k > 0; k &= k - 1) if (occupied[k] === 1 && least[k]! <= z) return true;
  return false;
}

function cover(least: Float64Array, occupied: Uint8Array, rank: number, z: number): void {
  for (let k = rank; k < least.length; k += k & -k) {
    occupied[k] = 1;
    if (z < least[k]!) least[k] = z;
  }
}
