import { cholesky } from "../../cholesky.ts";
import type { Gaussian } from "./mixture.ts";

/** How large departures from a law may be: relative standard deviations. */
export interface DepartureScale {
  readonly least: number;
  readonly largest: number;
  /** How much larger departures are taken than the residuals seen. */
  readonly factor: number;
}

/** Relative standard deviation of a measurement around its smooth part. */
const measurementNoise = 0.01;

/**
 * Gaussian process of zero mean: what a law leaves over varies smoothly over the modes.
 *
 * @param correlations  m × m correlations of the measured modes
 * @param residuals  m residuals of logarithms
 * @param scale  bounds of the process's standard deviation, which follows that of the residuals
 * @returns a function from the m correlations of a mode with the measured ones to what the process is there
 * @see C. E. Rasmussen and C. K. I. Williams, Gaussian Processes for Machine Learning (2006), algorithm 2.1
 */
export function residualProcess(
  correlations: readonly (readonly number[])[],
  residuals: readonly number[],
  { least, largest, factor }: DepartureScale,
): (correlation: readonly number[]) => Gaussian {
  const m = residuals.length;
  const amplitude = Math.min(largest, Math.max(least, factor * standardDeviation(residuals)));
  const relativeNoise = (measurementNoise / amplitude) ** 2;
  const covariance = Float64Array.from({ length: m * m }, (_, k) => {
    const [i, j] = [Math.floor(k / m), k % m];
    return correlations[i]![j]! + (i === j ? relativeNoise : 0);
  });
  const factors = cholesky(covariance, m);
  const weights = factors.solve(residuals);
  return (correlation) => {
    let mean = 0;
    for (let i = 0; i < m; i++) mean += correlation[i]! * weights[i]!;
    const explained = factors.inverseForm(correlation);
    return { mean, variance: amplitude ** 2 * Math.max(0, 1 - explained) };
  };
}

function standardDeviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
