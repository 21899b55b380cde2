import { compassSearch } from "@partitune/numerics";
import { type Cholesky, cholesky } from "./cholesky.ts";

/** What the measurements decide about a Gaussian process. */
export interface GaussianParameters {
  /** d natural logarithms of the distances over which values are alike. */
  readonly logLengths: readonly number[];
  /** Natural logarithm of the noise's variance relative to that of the function. */
  readonly logNoise: number;
}

/** A fitted process. */
export interface GaussianProcess {
  readonly parameters: GaussianParameters;
  /** Variance of a measurement around the function. */
  readonly noiseVariance: number;
  /** The function at a point of d coordinates, without the noise of a measurement there. */
  at(point: readonly number[]): { readonly mean: number; readonly variance: number };
}

/** Length scales and noise start from here, and are drawn back to it by a prior of these deviations of the logarithms. */
const customaryLength = 0.5;
const lengthDeviation = 1;
const customaryNoise = 1e-3;
const noiseDeviation = 2;
const lengthBounds = [Math.log(0.05), Math.log(20)] as const;
const noiseBounds = [Math.log(1e-6), Math.log(0.5)] as const;
/** Variance, relative to the square of the values, below which they count as constant. */
const leastVariance = 1e-18;

/**
 * Gaussian process regression with a constant mean and the Matérn-5/2 covariance, a length scale per coordinate. Length scales and noise
 * maximise their posterior; mean and variance follow from them.
 *
 * @param points  n × d, of a range of about 1 in every coordinate; n ≥ 1
 * @param values  n
 * @param start  parameters to begin from, such as those of the same values without the last; a local maximum is found
 * @see C. E. Rasmussen and C. K. I. Williams, Gaussian Processes for Machine Learning (2006), sections 2.7 and 5.4, equation 4.17; lengths
 * that grow with √d: C. Hvarfner, E. O. Hellsten and L. Nardi, Vanilla Bayesian Optimization Performs Great in High Dimensions, ICML 2024;
 * O(n³), some hundred times
 */
export function gaussianProcess(
  points: readonly (readonly number[])[],
  values: readonly number[],
  start: GaussianParameters = customaryParameters(points[0]!.length),
): GaussianProcess {
  const gaps = squaredGaps(points);
  const parameters = values.length < 2 ? start : mostLikely(gaps, values, start);
  const { factors, mean, residuals, variance } = explain(gaps, values, parameters);
  const weights = factors.solve(residuals);
  const ones = factors.inverseForm(new Float64Array(values.length).fill(1));
  const solvedOnes = factors.solve(new Float64Array(values.length).fill(1));
  const rates = parameters.logLengths.map((logLength) => Math.exp(-2 * logLength));
  const near = new Float64Array(values.length);
  return {
    parameters,
    noiseVariance: variance * Math.exp(parameters.logNoise),
    at: (point) => {
      let [departure, ofOnes] = [0, 0];
      for (let i = 0; i < near.length; i++) {
        near[i] = matern(scaledSquare(point, points[i]!, rates));
        departure += near[i]! * weights[i]!;
        ofOnes += near[i]! * solvedOnes[i]!;
      }
      const unexplained = 1 - factors.inverseForm(near) + (1 - ofOnes) ** 2 / ones;
      return { mean: mean + departure, variance: variance * Math.max(0, unexplained) };
    },
  };
}

function customaryParameters(d: number): GaussianParameters {
  return {
    logLengths: new Array<number>(d).fill(Math.log(customaryLength * Math.sqrt(d))),
    logNoise: Math.log(customaryNoise),
  };
}

/** Squared distances of the points along each of d coordinates: d arrays of n (n − 1)/2. */
function squaredGaps(points: readonly (readonly number[])[]): readonly Float64Array[] {
  const n = points.length;
  return points[0]!.map((_, d) => {
    const gaps = new Float64Array((n * (n - 1)) / 2);
    for (let i = 1, at = 0; i < n; i++) {
      for (let j = 0; j < i; j++) gaps[at++] = (points[i]![d]! - points[j]![d]!) ** 2;
    }
    return gaps;
  });
}

function mostLikely(
  gaps: readonly Float64Array[],
  values: readonly number[],
  { logLengths, logNoise }: GaussianParameters,
): GaussianParameters {
  const prior = customaryParameters(logLengths.length);
  const misfit = (vector: readonly number[]) => {
    const parameters = { logLengths: vector.slice(0, -1), logNoise: vector.at(-1)! };
    const { factors, variance } = explain(gaps, values, parameters);
    const penalty =
      parameters.logLengths.reduce(
        (sum, value, d) => sum + ((value - prior.logLengths[d]!) / lengthDeviation) ** 2,
        0,
      ) +
      ((parameters.logNoise - prior.logNoise) / noiseDeviation) ** 2;
    return values.length * Math.log(variance) + factors.logDeterminant + penalty;
  };
  const bounds = [...logLengths.map(() => lengthBounds), noiseBounds];
  const { point } = compassSearch(misfit, [...logLengths, logNoise], { bounds, step: 1, smallestStep: 0.25 });
  return { logLengths: point.slice(0, -1), logNoise: point.at(-1)! };
}

interface Explanation {
  readonly factors: Cholesky;
  readonly mean: number;
  readonly residuals: Float64Array;
  readonly variance: number;
}

/** The covariance, decomposed, and the mean and the variance that maximise the likelihood given it. */
function explain(
  gaps: readonly Float64Array[],
  values: readonly number[],
  { logLengths, logNoise }: GaussianParameters,
): Explanation {
  const n = values.length;
  const rates = logLengths.map((logLength) => Math.exp(-2 * logLength));
  const covariance = new Float64Array(n * n);
  for (let i = 0, at = 0; i < n; i++) {
    for (let j = 0; j < i; j++, at++) {
      let square = 0;
      for (let d = 0; d < rates.length; d++) square += gaps[d]![at]! * rates[d]!;
      covariance[i * n + j] = matern(square);
    }
    covariance[i * n + i] = 1 + Math.exp(logNoise);
  }
  const factors = cholesky(covariance, n);
  const solvedOnes = factors.solve(new Float64Array(n).fill(1));
  let [sum, total] = [0, 0];
  for (let i = 0; i < n; i++) {
    sum += solvedOnes[i]! * values[i]!;
    total += solvedOnes[i]!;
  }
  const mean = sum / total;
  const residuals = Float64Array.from(values, (value) => value - mean);
  const least = leastVariance * Math.max(...values.map((value) => value ** 2)) || Number.MIN_VALUE;
  return { factors, mean, residuals, variance: Math.max(factors.inverseForm(residuals) / n, least) };
}

/** Matérn-5/2 correlation at a squared distance, in lengths. */
function matern(square: number): number {
  const distance = Math.sqrt(5 * square);
  return (1 + distance + (5 / 3) * square) * Math.exp(-distance);
}

function scaledSquare(a: readonly number[], b: readonly number[], rates: readonly number[]): number {
  let sum = 0;
  for (let d = 0; d < rates.length; d++) sum += (a[d]! - b[d]!) ** 2 * rates[d]!;
  return sum;
}
