import { dot } from "./dot.ts";
import { nonNegativeLeastSquares } from "./nonNegativeLeastSquares.ts";

/**
 * The k ≥ 0 for which Ak is close to y in ratio: minimises Σ w ((y − Ak)/ŷ)², where ŷ is y at first and the last fit after that.
 *
 * To first order these are residuals of log y, but the problem stays convex. Dividing by y alone would favour low fits.
 *
 * @param A  m × n, a row per sample, no entry negative
 * @param y  m positive targets
 * @param weights  m positive weights
 */
export function relativeNonNegativeFit(
  A: readonly (readonly number[])[],
  y: readonly number[],
  weights: readonly number[],
): number[] {
  let k: number[] = [];
  let scale = y;
  for (let round = 0; round < 2; round++) {
    const factors = weights.map((weight, i) => Math.sqrt(weight) / scale[i]);
    k = nonNegativeLeastSquares(
      A.map((row, i) => row.map((value) => value * factors[i])),
      y.map((value, i) => value * factors[i]),
    );
    scale = A.map((row, i) => Math.max(smallestScale * y[i], dot(row, k)));
  }
  return k;
}

/** A fit far under a sample must not give it boundless weight. */
const smallestScale = 0.5;
