import { cholesky } from "../../cholesky.ts";
import type { MeasuredModes } from "./measuredModes.ts";
import type { RunSeries } from "./runSeries.ts";

/** Length over which departures are alike along the batches, whose positions run from 0 to 1. */
const batchLength = 0.5;
/** Relative standard deviation of a measurement around its smooth part. */
const measurementNoise = 0.01;
/** Departures from slopes are taken larger than their residuals, which the fit made small; and never taken for nothing. */
const amplitudeFactor = 1.5;
const leastAmplitude = 0.01;

/** By how much costs depart from their slopes, relative to them: the sum of a part of the mode and one of the batch. */
export interface Departures {
  /** Weights of the measured modes by number; the part of a mode is the sum of its likeness to them. */
  readonly byMode: Float64Array;
  /** The part of each batch. */
  readonly byBatch: Float64Array;
}

/**
 * Prepares smooth departures through the residuals of measured runs: the mean of the sum of two Gaussian processes of zero mean, over
 * modes and over batches.
 *
 * @returns a function from relative residuals, one per run, to the departures
 * @see C. E. Rasmussen and C. K. I. Williams, Gaussian Processes for Machine Learning (2006), equation 2.25
 */
export function departuresOver(
  { modes, numbers, batches }: RunSeries,
  positions: readonly number[],
  measured: MeasuredModes,
): (residuals: Float64Array) => Departures {
  const m = modes.length;
  const count = positions.length;
  const alike = positions.map((a) => positions.map((b) => Math.exp(-0.5 * ((a - b) / batchLength) ** 2)));
  const covariance = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    const alikeHere = alike[batches[i]!]!;
    for (let j = 0; j <= i; j++) {
      covariance[i * m + j] = measured.likeness(modes[i]!, numbers[j]!) + alikeHere[batches[j]!]!;
    }
  }
  return (residuals) => {
    const amplitude = Math.max(leastAmplitude, amplitudeFactor * rootMeanSquare(residuals));
    const noise = (measurementNoise / amplitude) ** 2;
    for (let i = 0; i < m; i++) covariance[i * m + i] = 2 + noise;
    const weights = cholesky(covariance, m).solve(residuals);
    const byMode = new Float64Array(measured.modes.length);
    const byBatch = new Float64Array(count);
    for (let i = 0; i < m; i++) {
      byMode[numbers[i]!]! += weights[i]!;
      const alikeHere = alike[batches[i]!]!;
      for (let b = 0; b < count; b++) byBatch[b]! += weights[i]! * alikeHere[b]!;
    }
    return { byMode, byBatch };
  };
}

function rootMeanSquare(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return Math.sqrt(sum / values.length);
}
