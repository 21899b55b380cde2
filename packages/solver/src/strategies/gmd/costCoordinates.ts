import { levelsOf } from "../levelsOf.ts";
import { logScale } from "../logScale.ts";
import type { ModeDimension, ModeGrid } from "../strategy.ts";

/** Positions of all modes in which one cost is nearly linear. */
export interface CostCoordinates {
  /** n × d, from 0 to 1 in each dimension. */
  readonly points: readonly (readonly number[])[];
  /** n × k; slopes belong to these, and what counts as near is judged by them. */
  readonly features: readonly (readonly number[])[];
  /** For each of the k features, whether its slope must not be negative. */
  readonly nonNegative: readonly boolean[];
}

/** Power grows faster than the clock, as voltage follows it; in a cap it is linear. */
const powerExponents = { clock: 1.3, cap: 1 };

/** ln t falls along −x of `mono` dimensions, x being logarithmic; `free` ones enter as x and x², with any sign. */
export function timeCoordinates(grid: ModeGrid): CostCoordinates {
  return coordinatesOf(grid.dimensions, grid.modes.map(logScale(grid)), -1);
}

/** p grows along y = ((v − least)/(largest − least))^e of `mono` dimensions; `free` ones enter as x and x², with any sign. */
export function powerCoordinates(grid: ModeGrid): CostCoordinates {
  const logs = grid.modes.map(logScale(grid));
  const ranges = levelsOf(grid).map((levels) => ({ low: levels[0]!, width: levels.at(-1)! - levels[0]! || 1 }));
  const points = grid.modes.map((mode, row) =>
    grid.dimensions.map(({ kind, quantity }, d) => {
      if (kind === "free") return logs[row]![d]!;
      const exponent = quantity === "power-cap" ? powerExponents.cap : powerExponents.clock;
      return ((mode[d]! - ranges[d]!.low) / ranges[d]!.width) ** exponent;
    }),
  );
  return coordinatesOf(grid.dimensions, points, 1);
}

function coordinatesOf(
  dimensions: readonly ModeDimension[],
  points: readonly (readonly number[])[],
  sign: 1 | -1,
): CostCoordinates {
  return {
    points,
    features: points.map((point) =>
      dimensions.flatMap(({ kind }, d) => (kind === "mono" ? [sign * point[d]!] : [point[d]!, point[d]! ** 2])),
    ),
    nonNegative: dimensions.flatMap(({ kind }) => (kind === "mono" ? [true] : [false, false])),
  };
}
