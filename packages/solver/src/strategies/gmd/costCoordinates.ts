import { geometryOf } from "../gridGeometry.ts";
import type { ModeGrid } from "../strategy.ts";

/** Features of all modes in which one cost is nearly linear. */
export interface CostCoordinates {
  readonly count: number;
  /** n × count, row by row; slopes belong to these, and what counts as near is judged by them. */
  readonly features: Float64Array;
  /** For each feature, whether its slope must not be negative. */
  readonly nonNegative: readonly boolean[];
}

/** Power grows faster than the clock, as voltage follows it; in a cap it is linear. */
const powerExponents = { clock: 1.3, cap: 1 };

const timeCache = new WeakMap<ModeGrid, CostCoordinates>();
const powerCache = new WeakMap<ModeGrid, CostCoordinates>();

/** ln t falls along −x of `mono` dimensions, x being logarithmic; `free` ones enter as x and x², with any sign. */
export function timeCoordinates(grid: ModeGrid): CostCoordinates {
  const known = timeCache.get(grid);
  if (known !== undefined) return known;
  const coordinates = coordinatesOf(grid, geometryOf(grid).points, -1);
  timeCache.set(grid, coordinates);
  return coordinates;
}

/** p grows along y = ((v − least)/(largest − least))^e of `mono` dimensions; `free` ones enter as x and x², with any sign. */
export function powerCoordinates(grid: ModeGrid): CostCoordinates {
  const known = powerCache.get(grid);
  if (known !== undefined) return known;
  const { levels, points: logs } = geometryOf(grid);
  const ranges = levels.map((values) => ({ low: values[0]!, width: values.at(-1)! - values[0]! || 1 }));
  const points = grid.modes.map((mode, row) =>
    grid.dimensions.map(({ kind, quantity }, d) => {
      if (kind === "free") return logs[row]![d]!;
      const exponent = quantity === "power-cap" ? powerExponents.cap : powerExponents.clock;
      return ((mode[d]! - ranges[d]!.low) / ranges[d]!.width) ** exponent;
    }),
  );
  const coordinates = coordinatesOf(grid, points, 1);
  powerCache.set(grid, coordinates);
  return coordinates;
}

function coordinatesOf(
  { dimensions }: ModeGrid,
  points: readonly (readonly number[])[],
  sign: 1 | -1,
): CostCoordinates {
  const nonNegative = dimensions.flatMap(({ kind }) => (kind === "mono" ? [true] : [false, false]));
  const features = points.flatMap((point) =>
    dimensions.flatMap(({ kind }, d) => (kind === "mono" ? [sign * point[d]!] : [point[d]!, point[d]! ** 2])),
  );
  return { count: nonNegative.length, features: Float64Array.from(features), nonNegative };
}
