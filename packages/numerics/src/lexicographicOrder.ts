import { argsort } from "./argsort.ts";

/**
 * The chosen points in lexicographic order: by the first objective, ties by the second, and so on. Identical points become neighbours.
 *
 * @param matrix  n × m, row-major, without NaN
 * @param chosen  indices of the points to order
 * @returns the chosen indices, ordered
 */
export function lexicographicOrder(matrix: Float64Array, objectives: number, chosen: Uint32Array): Uint32Array {
  const order = chosen.slice();
  sortFrom(order, matrix, objectives, 0);
  return order;
}

function sortFrom(order: Uint32Array, matrix: Float64Array, objectives: number, objective: number): void {
  const keys = new Float64Array(order.length);
  for (let i = 0; i < keys.length; i++) keys[i] = matrix[order[i]! * objectives + objective]!;
  const places = argsort(keys);
  const unordered = order.slice();
  for (let i = 0; i < places.length; i++) order[i] = unordered[places[i]!]!;
  if (objective + 1 === objectives) return;
  for (let start = 0, end = 1; start < order.length; start = end++) {
    while (end < order.length && keys[places[end]!] === keys[places[start]!]) end++;
    if (end - start > 1) sortFrom(order.subarray(start, end), matrix, objectives, objective + 1);
  }
}
