import { frontOfMany } from "./frontOfMany.ts";
import { hypervolumeOfPlane } from "./hypervolumeOfPlane.ts";
import { lexicographicOrder } from "./lexicographicOrder.ts";

/**
 * Volume of the union of the boxes 0 … gain, for n × m gains > 0 and any m ≥ 2.
 *
 * The volume is the sum of what each box adds to those after it. Boxes are taken by growing last gain, so that all later ones cover the last
 * gain of the current one, and what is left to subtract has one objective less. Dominated and repeated boxes are dropped at every level.
 *
 * @see L. While, L. Bradstreet and L. Barone, A Fast Way of Calculating Exact Hypervolumes (2012), "WFG" with slicing
 */
export function hypervolumeOfMany(gains: Float64Array, m: number): number {
  if (m === 2) return hypervolumeOfPlane(gains);
  const boxes = outermost(gains, m);
  let volume = 0;
  for (let at = 0; at < boxes.length; at += m) {
    const gain = boxes[at + m - 1]!;
    let slice = 1;
    for (let j = 0; j < m - 1; j++) slice *= boxes[at + j]!;
    const overlap = hypervolumeOfMany(clippedTo(boxes, at, m), m - 1);
    volume += gain * (slice - overlap);
  }
  return volume;
}

/** The boxes that no other contains, each once, by growing last gain. */
function outermost(gains: Float64Array, m: number): Float64Array {
  const losses = new Float64Array(gains.length);
  for (let at = 0; at < gains.length; at += m) for (let j = 0; j < m; j++) losses[at + j] = -gains[at + m - 1 - j]!;
  const all = Uint32Array.from({ length: gains.length / m }, (_, i) => i);
  const order = lexicographicOrder(losses, m, frontOfMany(losses, m, all)).reverse();
  const boxes = new Float64Array(order.length * m);
  let size = 0;
  for (let k = 0; k < order.length; k++) {
    const box = gains.subarray(order[k]! * m, order[k]! * m + m);
    if (k > 0 && box.every((gain, j) => gain === boxes[size - m + j])) continue;
    boxes.set(box, size);
    size += m;
  }
  return boxes.subarray(0, size);
}

/** The later boxes, cut down to the box at `at`, without their last gain. */
function clippedTo(boxes: Float64Array, at: number, m: number): Float64Array {
  const clipped = new Float64Array(((boxes.length - at) / m - 1) * (m - 1));
  let size = 0;
  for (let other = at + m; other < boxes.length; other += m) {
    for (let j = 0; j < m - 1; j++) clipped[size++] = Math.min(boxes[at + j]!, boxes[other + j]!);
  }
  return clipped;
}
