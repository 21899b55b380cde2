import type { ModeGrid } from "./strategy.ts";

/** The values that occur in each dimension of a grid, ascending. */
export function levelsOf({ dimensions, modes }: ModeGrid): readonly (readonly number[])[] {
  return dimensions.map((_, d) => [...new Set(modes.map((mode) => mode[d]!))].sort((a, b) => a - b));
}
