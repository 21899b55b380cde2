import { levelsOf } from "./levelsOf.ts";
import type { ModeGrid } from "./strategy.ts";

/**
 * Puts each value of a mode on a logarithmic scale from 0 (least of its dimension) to 1 (largest); 0 in dimensions of one value.
 *
 * @returns a function from a mode (d values) to its d coordinates
 */
export function logScale(grid: ModeGrid): (mode: readonly number[]) => number[] {
  const ranges = levelsOf(grid).map((levels) => {
    const low = Math.log(levels[0]!);
    return { low, width: Math.log(levels.at(-1)!) - low || 1 };
  });
  return (mode) => mode.map((value, d) => (Math.log(value) - ranges[d]!.low) / ranges[d]!.width);
}
