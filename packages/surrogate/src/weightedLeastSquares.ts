import { MultivariateLinearRegression } from "ml-regression";

/**
 * Weighted multivariate linear regression without a hidden intercept: the β that minimises Σ w (y − xβ)².
 *
 * @param X  n × d, a row per sample; add a column of ones for an intercept
 * @param y  n targets
 * @param weights  n positive weights
 * @returns d coefficients; of least length where the rows leave them open
 */
export function weightedLeastSquares(
  X: readonly (readonly number[])[],
  y: readonly number[],
  weights: readonly number[],
): number[] {
  const roots = weights.map(Math.sqrt);
  const regression = new MultivariateLinearRegression(
    X.map((row, i) => row.map((value) => value * roots[i])),
    y.map((value, i) => [value * roots[i]]),
    { intercept: false, statistics: false },
  );
  return regression.weights.map(([coefficient]) => coefficient);
}
