import type { ModeGrid } from "./strategy.ts";

/** Grids are data, so their levels are kept as long as they are: thousands of searches share a grid. */
const known = new WeakMap<ModeGrid, readonly (readonly number[])[]>();

/** The values that occur in each dimension of a grid, ascending. */
export function levelsOf(grid: ModeGrid): readonly (readonly number[])[] {
  const { dimensions, modes } = grid;
  const levels =
    known.get(grid) ?? dimensions.map((_, d) => [...new Set(modes.map((mode) => mode[d]!))].sort((a, b) => a - b));
  known.set(grid, levels);
  return levels;
}
