import { paretoFront } from "./paretoFront.ts";
import { type Points, pointMatrix } from "./pointMatrix.ts";

/** Disjoint boxes in a space of m objectives, each described by places in the sorted bounds of every objective. */
export interface Boxes {
  /** Per objective the bounds that occur, ascending, from -Infinity to the reference. */
  readonly bounds: readonly Float64Array[];
  /** k × m places, row-major: lower bounds of each box. */
  readonly lower: Uint32Array;
  /** k × m places, row-major: upper bounds of each box. */
  readonly upper: Uint32Array;
}

/**
 * Cuts what a front does not dominate, up to a reference point, into disjoint boxes; every objective is minimised.
 *
 * Points that are dominated, have a NaN or do not lie below the reference in every objective change nothing.
 *
 * @param points  rows of m numbers each; or n × m numbers, row-major, which are not changed
 * @param reference  m finite numbers
 * @returns n + 1 boxes for two objectives, O(n²) for three
 * @throws RangeError when a row does not have m objectives or the reference is not finite
 * @see K. Yang et al., Efficient computation of expected hypervolume improvement using box decomposition algorithms, Journal of Global
 * Optimization 75 (2019): slabs along the last objective, and what the points below each leave of the others
 */
export function boxesBeyond(points: Points, reference: readonly number[]): Boxes {
  if (!reference.every(Number.isFinite)) {
    throw new RangeError(`the reference point must be finite, got (${reference.join(", ")})`);
  }
  const m = reference.length;
  const matrix = pointMatrix(points, m);
  const rows = Array.from({ length: matrix.length / m }, (_, i) => [...matrix.subarray(i * m, i * m + m)]);
  const counting = rows.filter((row) => row.every((value, j) => value < reference[j]!));
  const bounds = reference.map((limit, j) => boundsOf(counting, j, limit));
  const places = counting.map((row) => row.map((value, j) => bounds[j]!.indexOf(value)));
  const corners = cut(
    places,
    bounds.map(({ length }) => length - 1),
  );
  return {
    bounds,
    lower: Uint32Array.from(corners.flatMap(({ lower }) => lower)),
    upper: Uint32Array.from(corners.flatMap(({ upper }) => upper)),
  };
}

function boundsOf(rows: readonly (readonly number[])[], j: number, limit: number): Float64Array {
  const values = new Set([Number.NEGATIVE_INFINITY, ...rows.map((row) => row[j]!), limit]);
  return Float64Array.from(values).sort();
}

interface Corners {
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

/** Boxes of whole-numbered points below `limits`, of which only the first objectives are looked at, as many as there are limits. */
function cut(points: readonly (readonly number[])[], limits: readonly number[]): Corners[] {
  const [last, others] = [limits.length - 1, limits.slice(0, -1)];
  const front = frontOf(points, limits.length);
  const heights = [...new Set(front.map((point) => point[last]!))].sort((a, b) => a - b);
  if (last === 0) return [{ lower: [0], upper: [heights[0] ?? limits[0]!] }];
  return [0, ...heights].flatMap((from, k) => {
    const to = heights[k] ?? limits[last]!;
    const below = k === 0 ? [] : front.filter((point) => point[last]! <= from);
    return cut(below, others).map(({ lower, upper }) => ({ lower: [...lower, from], upper: [...upper, to] }));
  });
}

function frontOf(points: readonly (readonly number[])[], objectives: number): readonly (readonly number[])[] {
  const projected = points.map((point) => point.slice(0, objectives));
  return paretoFront(projected).map((i) => projected[i]!);
}
