import type { CostCoordinates } from "./costCoordinates.ts";
import type { RunSeries } from "./runSeries.ts";
import { fitSlopes } from "./slopes.ts";

/** Squared distance at which a measurement counts 1/e in the slopes; features run from 0 to 1. */
const reach = 0.5;

/** A value that is linear in the features of the mode and in the batch's position, 0 at the anchor. */
export interface Plane {
  /** At a mode, with the anchor's batch. */
  at(mode: number): number;
  /** What each batch adds. */
  readonly batchSteps: Float64Array;
}

/**
 * The plane through a run that fits the changes of a value from it, near ones first.
 *
 * @param anchor  where in the series the run is
 * @param changes  one per run
 * @param expectedBatchSlope  until other batches are measured, per unit of position
 */
export function planeAround(
  anchor: number,
  { modes, batches }: RunSeries,
  { count, features, nonNegative }: CostCoordinates,
  positions: readonly number[],
  changes: Float64Array,
  expectedBatchSlope: number,
): Plane {
  const k = count + 1;
  const differences = new Float64Array(modes.length * k);
  const weights = new Float64Array(modes.length);
  const origin = modes[anchor]! * count;
  const position = positions[batches[anchor]!]!;
  for (let m = 0; m < modes.length; m++) {
    const row = modes[m]! * count;
    let distance = 0;
    for (let i = 0; i < count; i++) {
      const difference = features[row + i]! - features[origin + i]!;
      differences[m * k + i] = difference;
      distance += difference * difference;
    }
    const step = positions[batches[m]!]! - position;
    differences[m * k + count] = step;
    weights[m] = Math.exp(-(distance + step * step) / reach);
  }
  const expected = new Float64Array(k);
  expected[count] = expectedBatchSlope;
  const slopes = fitSlopes({ features: differences, changes, weights, expected, nonNegative: [...nonNegative, true] });
  let start = 0;
  for (let i = 0; i < count; i++) start -= slopes[i]! * features[origin + i]!;
  return {
    batchSteps: Float64Array.from(positions, (other) => slopes[count]! * (other - position)),
    at: (mode) => {
      let value = start;
      for (let i = 0, f = mode * count; i < count; i++, f++) value += slopes[i]! * features[f]!;
      return value;
    },
  };
}
