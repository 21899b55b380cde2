import { argsort } from "./argsort.ts";
import { rankSet } from "./rankSet.ts";

/**
 * Volume of the union of the boxes (0, 0, 0) … (gain, gain, gain), for n × 3 gains > 0.
 *
 * A sweep from the deepest box to the shallowest keeps the staircase of the (width, height) seen so far and its area; O(n log n).
 *
 * @see N. Beume et al., On the Complexity of Computing the Hypervolume Indicator (2009), "HV3D"
 */
export function hypervolumeOfSpace(gains: Float64Array): number {
  const n = gains.length / 3;
  const depths = column(gains, 2);
  const order = argsort(depths);
  const staircase = growingStaircase(column(gains, 0), column(gains, 1));
  let volume = 0;
  for (let k = n - 1; k >= 0; k--) {
    const area = staircase.insert(order[k]!);
    const nextDepth = k > 0 ? depths[order[k - 1]!]! : 0;
    volume += area * (depths[order[k]!]! - nextDepth);
  }
  return volume;
}

/** Corners by falling width and rising height; `insert` adds a box by its index and returns the area of the union so far. */
function growingStaircase(widths: Float64Array, heights: Float64Array): { insert(index: number): number } {
  const { ranks, values } = denseRanks(widths);
  const corners = rankSet(values.length);
  const heightAt = new Float64Array(values.length);
  let area = 0;

  function insert(index: number): number {
    const rank = ranks[index]!;
    const height = heights[index]!;
    const wider = corners.atLeast(rank);
    let floor = wider < 0 ? 0 : heightAt[wider]!;
    if (floor >= height) return area;
    let width = values[rank]!;
    for (let narrower = corners.atMost(rank); narrower >= 0; narrower = corners.atMost(rank)) {
      if (heightAt[narrower]! > height) {
        area += (width - values[narrower]!) * (height - floor);
        width = 0;
        break;
      }
      area += (width - values[narrower]!) * (height - floor);
      floor = Math.max(floor, heightAt[narrower]!);
      width = values[narrower]!;
      corners.remove(narrower);
    }
    area += width * (height - floor);
    corners.add(rank);
    heightAt[rank] = height;
    return area;
  }

  return { insert };
}

/** The distinct values in ascending order, and for each value its place among them. */
function denseRanks(keys: Float64Array): { ranks: Uint32Array; values: Float64Array } {
  const ranks = new Uint32Array(keys.length);
  const values = new Float64Array(keys.length);
  let size = 0;
  for (const index of argsort(keys)) {
    if (size === 0 || values[size - 1] !== keys[index]) values[size++] = keys[index]!;
    ranks[index] = size - 1;
  }
  return { ranks, values: values.subarray(0, size) };
}

function column(gains: Float64Array, objective: number): Float64Array {
  const values = new Float64Array(gains.length / 3);
  for (let i = 0; i < values.length; i++) values[i] = gains[3 * i + objective]!;
  return values;
}
