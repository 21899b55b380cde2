import { levelsOf } from "./levelsOf.ts";
import { logScale } from "./logScale.ts";
import type { ModeGrid } from "./strategy.ts";

/** What searches on one grid share. */
export interface GridGeometry {
  readonly levels: readonly (readonly number[])[];
  /** n × d coordinates on logarithmic scales from 0 to 1. */
  readonly points: readonly (readonly number[])[];
  /** Rows that are at least a row in every `mono` dimension and equal to it in every `free` one; without itself. */
  higherThan(row: number): readonly number[];
  /** Rows of which a row is higher. */
  lowerThan(row: number): readonly number[];
}

/** Grids are data, so what follows from one is kept as long as the grid itself: thousands of searches share it. */
const geometries = new WeakMap<ModeGrid, GridGeometry>();

export function geometryOf(grid: ModeGrid): GridGeometry {
  const known = geometries.get(grid);
  if (known !== undefined) return known;
  const geometry = describe(grid);
  geometries.set(grid, geometry);
  return geometry;
}

function describe(grid: ModeGrid): GridGeometry {
  const { dimensions, modes } = grid;
  const isHigher = (higher: number, lower: number) =>
    dimensions.every(({ kind }, d) => {
      const difference = modes[higher]![d]! - modes[lower]![d]!;
      return kind === "mono" ? difference >= 0 : difference === 0;
    });
  const rows = [...modes.keys()];
  return {
    levels: levelsOf(grid),
    points: modes.map(logScale(grid)),
    higherThan: remember((row) => rows.filter((other) => other !== row && isHigher(other, row))),
    lowerThan: remember((row) => rows.filter((other) => other !== row && isHigher(row, other))),
  };
}

function remember(list: (row: number) => readonly number[]): (row: number) => readonly number[] {
  const lists = new Map<number, readonly number[]>();
  return (row) => {
    let found = lists.get(row);
    if (found === undefined) {
      found = list(row);
      lists.set(row, found);
    }
    return found;
  };
}
