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
  /** Multiplies predictions, modes × batches row by row, in some modes. */
  applyTo(values: Float64Array, modes: readonly number[]): void;
}

/**
 * Smooth departures through the residuals of measured runs: the mean of the sum of two Gaussian
 * processes of zero mean, over modes and over batches.
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
    for (let j = 0; j < m; j++) covariance[i * m + j] = row[runs[j]!.mode]! + alikeHere[runs[j]!.batch]!;
    covariance[i * m + i]! += noise;
  }
  const weights = cholesky(covariance, m).solve(residuals);
  const byMode = new Map<number, number>();
  const byBatch = new Float64Array(count);
  for (let i = 0; i < m; i++) {
    const { mode, batch } = runs[i]!;
    byMode.set(mode, (byMode.get(mode) ?? 0) + weights[i]!);
    for (let b = 0; b < count; b++) byBatch[b]! += weights[i]! * alike[batch]![b]!;
  }
  const rows = [...byMode.keys()].map((mode) => geometry.correlationsWith(mode));
  const sums = new Float64Array([...byMode.values()]);
  return {
    applyTo: (values, modes) => {
      for (const mode of modes) {
        let factor = 1;
        for (let r = 0; r < rows.length; r++) factor += rows[r]![mode]! * sums[r]!;
        for (let b = 0, i = mode * count; b < count; b++, i++)
          values[i]! *= Math.max(leastFactor, factor + byBatch[b]!);
      }
    },
  };
}

/** However residuals swing, a cost stays above 0. */
const leastFactor = 0.1;

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}
