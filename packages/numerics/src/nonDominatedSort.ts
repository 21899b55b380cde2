import { lexicographicOrder } from "./lexicographicOrder.ts";
import { type Points, pointMatrix } from "./pointMatrix.ts";

/**
 * Sorts points into fronts: the first is that of all points, each further one that of the points left; every objective is minimised.
 *
 * Equal points share a front. Points with a NaN are in none.
 *
 * @param points  rows of m numbers each; or n × m numbers, row-major, which are not changed
 * @param objectives  m
 * @returns the indices of each front, ascending
 * @throws RangeError when rows differ in length or the array's length is no multiple of m
 * @see X. Zhang, Y. Tian, R. Cheng and Y. Jin, An Efficient Approach to Nondominated Sorting for Evolutionary Multiobjective Optimization,
 * IEEE Transactions on Evolutionary Computation 19 (2015), "ENS-BS"; O(n log n) for two objectives, at most O(n² m) above
 * @example nonDominatedSort([[1, 3], [2, 4], [3, 1]], 2)  // [[0, 2], [1]]
 */
export function nonDominatedSort(points: Points, objectives: number): number[][] {
  const matrix = pointMatrix(points, objectives);
  const valid = validRows(matrix, objectives);
  const fronts: number[][] = [];
  for (const index of lexicographicOrder(matrix, objectives, valid)) {
    let [low, high] = [0, fronts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBeatenIn(fronts[middle]!, matrix, objectives, index)) low = middle + 1;
      else high = middle;
    }
    if (low === fronts.length) fronts.push([index]);
    else fronts[low]!.push(index);
  }
  return fronts.map((front) => front.sort((a, b) => a - b));
}

function validRows(matrix: Float64Array, m: number): Uint32Array {
  const rows = Uint32Array.from({ length: matrix.length / m }, (_, i) => i);
  return rows.filter((i) => !matrix.subarray(i * m, i * m + m).some(Number.isNaN));
}

/** With two objectives, the last point that entered a front has its least second objective, and decides alone. */
function isBeatenIn(front: readonly number[], matrix: Float64Array, m: number, index: number): boolean {
  const end = m === 2 ? front.length - 1 : 0;
  for (let k = front.length - 1; k >= end; k--) if (beats(matrix, front[k]! * m, index * m, m)) return true;
  return false;
}

function beats(matrix: Float64Array, a: number, b: number, m: number): boolean {
  let better = false;
  for (let j = 0; j < m; j++) {
    if (matrix[a + j]! > matrix[b + j]!) return false;
    if (matrix[a + j]! < matrix[b + j]!) better = true;
  }
  return better;
}
