import { levelsOf } from "./levelsOf.ts";
import type { ModeGrid } from "./strategy.ts";

/** The middle of a grid: level ⌊n/2⌋ of each dimension, which need not be a row of it. */
export function centreOf(grid: ModeGrid): readonly number[] {
  return levelsOf(grid).map((levels) => levels[Math.floor(levels.length / 2)]!);
}
