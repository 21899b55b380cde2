import { geometryOf } from "./gridGeometry.ts";
import { logScale } from "./logScale.ts";
import { squaredDistance } from "./squaredDistance.ts";
import type { ModeGrid } from "./strategy.ts";

/**
 * Finds the candidate nearest to a mode on logarithmic scales: itself in a complete grid, the next best where cells are missing or
 * ruled out.
 *
 * @returns a function from a mode (d values) and candidates (rows, at least one) to a row, the first of equals
 */
export function nearestMode(grid: ModeGrid): (mode: readonly number[], candidates: Iterable<number>) => number {
  const scale = logScale(grid);
  const { points } = geometryOf(grid);
  return (mode, candidates) => {
    const goal = scale(mode);
    let [nearest, least] = [-1, Number.POSITIVE_INFINITY];
    for (const index of candidates) {
      const distance = squaredDistance(goal, points[index]!);
      if (distance < least) [nearest, least] = [index, distance];
    }
    return nearest;
  };
}
