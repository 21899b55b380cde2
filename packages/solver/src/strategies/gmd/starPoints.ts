import { levelsOf } from "../levelsOf.ts";
import type { ModeGrid } from "../strategy.ts";

/** A mode to look for, value by value. */
export interface StarPoint {
  readonly mode: readonly number[];
  readonly reason: string;
}

/**
 * One point per `mono` dimension, half-way from the centre to the end on the side where the budget lies, and two per `free` dimension, a
 * fifth from either end: they show how time and power change along each dimension.
 */
export function starPoints(grid: ModeGrid, centre: readonly number[], isWithinBudget: boolean): readonly StarPoint[] {
  return levelsOf(grid).flatMap((levels, d) => {
    const n = levels.length;
    const at = levels.indexOf(centre[d]!);
    const { kind, name } = grid.dimensions[d]!;
    const halfWay = isWithinBudget ? Math.floor((at + n) / 2) : Math.floor(at / 2);
    const targets = kind === "mono" ? [halfWay] : [Math.floor(n / 5), n - 1 - Math.floor(n / 5)];
    return [...new Set(targets)]
      .filter((level) => level !== at)
      .map((level) => {
        const direction = level > at ? "more" : "less";
        return { mode: centre.with(d, levels[level]!), reason: `slope along ${name}, ${direction} of it` };
      });
  });
}
