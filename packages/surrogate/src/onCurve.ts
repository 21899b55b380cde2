import { interpolate } from "@partitune/numerics";

/**
 * Height at x of the piecewise linear curve through points with x > 0 and y > 0, x ascending.
 *
 * Outside the points the outermost segment goes on, within bounds that keep it positive: above the last point it never falls, below the
 * first it never falls under proportionality, y₁·x/x₁. One point alone is a constant.
 */
export function onCurve(xs: readonly number[], ys: readonly number[], x: number): number {
  const last = xs.length - 1;
  if (last > 0 && x > xs[last]) return Math.max(ys[last], onLine(xs, ys, last - 1, x));
  if (last > 0 && x < xs[0]) return Math.max((ys[0] * x) / xs[0], onLine(xs, ys, 0, x));
  return interpolate(xs, ys, x);
}

/** Height at x of the line through points i and i + 1. */
function onLine(xs: readonly number[], ys: readonly number[], i: number, x: number): number {
  return ys[i] + ((ys[i + 1] - ys[i]) * (x - xs[i])) / (xs[i + 1] - xs[i]);
}
