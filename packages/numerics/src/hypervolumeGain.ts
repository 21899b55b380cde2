import type { Boxes } from "./boxesBeyond.ts";
import { expectedImprovement } from "./expectedImprovement.ts";

/**
 * Hypervolume that a point would add to a front; 0 when the front dominates it or it is beyond the reference.
 *
 * @param boxes  what the front leaves, by `boxesBeyond`
 * @param point  m numbers; with a NaN it adds nothing
 */
export function hypervolumeGain(boxes: Boxes, point: ArrayLike<number>): number {
  return sumOfBoxes(boxes, (j, bound) => Math.max(0, bound - point[j]!));
}

/**
 * Hypervolume that a point with independent, normally distributed objectives is expected to add to a front; exact for any number of
 * objectives.
 *
 * @param boxes  what the front leaves, by `boxesBeyond`
 * @param means  m
 * @param deviations  m standard deviations, at least 0
 * @see M. Emmerich, A. Deutz and J. Klinkenberg, Hypervolume-based expected improvement: monotonicity properties and exact computation,
 * IEEE CEC 2011; over a box, the mean of the product is the product of the means
 */
export function expectedHypervolumeGain(boxes: Boxes, means: ArrayLike<number>, deviations: ArrayLike<number>): number {
  return sumOfBoxes(boxes, (j, bound) => expectedImprovement(bound - means[j]!, deviations[j]!));
}

/** Sum over the boxes of the product over the objectives of `below(upper bound) − below(lower bound)`. */
function sumOfBoxes({ bounds, lower, upper }: Boxes, below: (j: number, bound: number) => number): number {
  const m = bounds.length;
  const lengths = bounds.map((values, j) =>
    values.map((bound) => (bound === Number.NEGATIVE_INFINITY ? 0 : below(j, bound))),
  );
  let sum = 0;
  for (let at = 0; at < lower.length; at += m) {
    let product = 1;
    for (let j = 0; j < m && product > 0; j++) product *= lengths[j]![upper[at + j]!]! - lengths[j]![lower[at + j]!]!;
    if (product > 0) sum += product; // not so for a NaN
  }
  return sum;
}
