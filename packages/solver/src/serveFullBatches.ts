import { addCells, shareBetweenCells, trimCells } from "./timeCells.ts";

/**
 * Takes requests through the full batches ahead of them, those furthest back first.
 *
 * @param byBatches  requests with f batches ahead at index f, by time cell and `width` places
 * @param batchCells  length of a full batch in cells → probability, from {@link fullBatchCells}
 * @returns the same requests when their turn has come, by time cell and place
 */
export function serveFullBatches(
  byBatches: readonly Float64Array[],
  batchCells: ReadonlyMap<number, number>,
  width: number,
): Float64Array {
  let current: Float64Array = new Float64Array(0);
  const longestShift = Math.max(...batchCells.keys());
  for (let batches = byBatches.length - 1; batches > 0; batches -= 1) {
    const joined = addCells(current, byBatches[batches]!);
    const first = Math.max(
      0,
      joined.findIndex((mass) => mass > 0),
    );
    const next = new Float64Array(joined.length + longestShift * width);
    for (const [cell, weight] of batchCells) {
      const offset = cell * width;
      for (let i = first; i < joined.length; i += 1) next[i + offset]! += weight * joined[i]!;
    }
    current = trimCells(next, width);
  }
  return current;
}

/** Length of a full batch in cells, by ratio: weights of whole cells whose mean is exact. */
export function fullBatchCells(
  ratios: Float64Array,
  weights: Float64Array,
  cells: number,
): ReadonlyMap<number, number> {
  const shares = new Map<number, number>();
  ratios.forEach((ratio, j) => {
    shareBetweenCells(shares, ratio * cells, weights[j]!);
  });
  return shares;
}
