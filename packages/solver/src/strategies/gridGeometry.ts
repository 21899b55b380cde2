import { levelsOf } from "./levelsOf.ts";
import { logScale } from "./logScale.ts";
import { squaredDistance } from "./squaredDistance.ts";
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
  /** Euclidean distances of all points from that of a row. */
  distancesFrom(row: number): Float64Array;
  /** How alike what departs from a law is at a row and at every row: squared exponential, 1 at the row itself. */
  correlationsWith(row: number): Float64Array;
}

/** Length over which departures are alike; the range of each dimension is 1. */
const length = 0.6;

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
  const points = modes.map(logScale(grid));
  return {
    levels: levelsOf(grid),
    points,
    higherThan: remember((row) => rows.filter((other) => other !== row && isHigher(other, row))),
    lowerThan: remember((row) => rows.filter((other) => other !== row && isHigher(row, other))),
    distancesFrom: remember((row) =>
      Float64Array.from(points, (point) => Math.sqrt(squaredDistance(point, points[row]!))),
    ),
    correlationsWith: remember((row) =>
      Float64Array.from(points, (point) => Math.exp(-squaredDistance(point, points[row]!) / (2 * length ** 2))),
    ),
  };
}

function remember<List>(list: (row: number) => List): (row: number) => List {
  const lists = new Map<number, List>();
  return (row) => {
    let found = lists.get(row);
    if (found === undefined) {
      found = list(row);
      lists.set(row, found);
    }
    return found;
  };
}
