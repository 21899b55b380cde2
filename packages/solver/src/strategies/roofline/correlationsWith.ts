import { squaredDistance } from "../squaredDistance.ts";

/** Length over which departures from the laws are alike; the range of each dimension is 1. */
const length = 0.6;

/**
 * Squared-exponential correlation exp(−½ (distance/length)²) of departures at one mode with those at every mode.
 *
 * @param points  n × d coordinates
 * @returns a function from a row to n correlations
 */
export function correlationsWith(points: readonly (readonly number[])[]): (index: number) => Float64Array {
  return (index) =>
    Float64Array.from(points, (point) => Math.exp(-squaredDistance(point, points[index]!) / (2 * length ** 2)));
}
