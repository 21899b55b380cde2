import { cholesky } from "../../cholesky.ts";
import type { GridGeometry } from "../gridGeometry.ts";
import type { MeasuredRun } from "./costForecast.ts";

/** Length over which departures are alike along the batches, whose positions run from 0 to 1. */
const batchLength = 0.5;
/** Relative standard deviation of a measurement around its smooth part. */
const measurementNoise = 0.01;
/** Departures from slopes are taken larger than their residuals, which the fit made small; and never taken for nothing. */
const amplitudeFactor = 1.5;
const leastAmplitude = 0.01;

/** Factors by which costs depart from their slopes. */
export interface Departures {
  /** Multiplies predictions, modes × batches row by row. */
  applyTo(values: Float64Array): void;
}

/**
 * Smooth departures through the residuals of measured runs: the mean of a Gaussian process of zero mean over modes and batches.
 *
 * @param residuals  relative, one per run
 * @see C. E. Rasmussen and C. K. I. Williams, Gaussian Processes for Machine Learning (2006), equation 2.25
 */
export function departures(
  geometry: GridGeometry,
  runs: readonly MeasuredRun[],
  positions: readonly number[],
  residuals: readonly number[],
): Departures {
  const m = runs.length;
  const count = positions.length;
  const amplitude = Math.max(leastAmplitude, amplitudeFactor * rootMeanSquare(residuals));
  const noise = (measurementNoise / amplitude) ** 2;
  const alike = positions.map((a) => positions.map((b) => Math.exp(-0.5 * ((a - b) / batchLength) ** 2)));
  const covariance = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    const row = geometry.correlationsWith(runs[i]!.mode);
    const alikeHere = alike[runs[i]!.batch]!;
    for (let j = 0; j < m; j++) covariance[i * m + j] = row[runs[j]!.mode]! * alikeHere[runs[j]!.batch]!;
    covariance[i * m + i]! += noise;
  }
  const weights = cholesky(covariance, m).solve(residuals);
  const byMode = new Map<number, Float64Array>();
  for (let i = 0; i < m; i++) {
    const { mode, batch } = runs[i]!;
    const sums = byMode.get(mode) ?? new Float64Array(count);
    for (let b = 0; b < count; b++) sums[b]! += weights[i]! * alike[batch]![b]!;
    byMode.set(mode, sums);
  }
  return {
    applyTo: (values) => {
      const factors = new Float64Array(values.length).fill(1);
      for (const [mode, sums] of byMode) {
        const row = geometry.correlationsWith(mode);
        for (let other = 0, k = 0; other < row.length; other++) {
          const correlation = row[other]!;
          for (let b = 0; b < count; b++, k++) factors[k]! += correlation * sums[b]!;
        }
      }
      for (let k = 0; k < values.length; k++) values[k]! *= Math.max(leastFactor, factors[k]!);
    },
  };
}

/** However residuals swing, a cost stays above 0. */
const leastFactor = 0.1;

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}
