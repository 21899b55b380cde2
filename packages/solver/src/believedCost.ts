import { type Cholesky, cholesky } from "./cholesky.ts";
import { squaredDistance } from "./strategies/squaredDistance.ts";

/** A measured cost in some mode: the logarithm of the median of its repeats. */
export interface MeasuredCost {
  /** Position of the mode, from 0 to 1 in each of d dimensions. */
  readonly point: readonly number[];
  readonly logCost: number;
  /** Measurements it is the median of. */
  readonly repeats: number;
}

/** What is believed of the logarithm of a true cost. */
export interface Belief {
  readonly mean: number;
  readonly variance: number;
}

/** Fewer others cannot tell how costs vary from mode to mode. */
const leastOthers = 6;
/** Farther ones add little, and the work grows with their cube. */
const mostOthers = 40;
/** Standard deviation of the slopes of the trend per dimension, wide: a factor of 20. */
const trendDeviation = 3;
const lengths = [0.5, 1.5];
const amplitudes = [0.03, 0.12, 0.5];
/** How far true costs depart from what is smooth, in standard deviations of one measurement. */
const departures = [0, 0.7, 1.5, 4];

/**
 * What one measurement and those of other modes together say of a true cost. A mode that was chosen because it measured well has
 * probably measured too well; how much so is what the others tell: the less it departs from what they predict, the less is taken back.
 *
 * The others predict by a Gaussian process with a linear trend in the modes' settings, of the length, amplitude and departure of
 * single modes that make them likeliest. Given that prior, it does not matter how the mode was chosen.
 *
 * @param noise  relative standard deviation of one measurement
 * @returns the measurement itself, with its variance, when fewer than 6 others are known
 * @see C. E. Rasmussen and C. K. I. Williams, Gaussian Processes for Machine Learning (2006), section 5.4.1; S. Senn, A note concerning
 * a selection "paradox" of Dawid's, The American Statistician 62 (2008), for choosing and posteriors
 */
export function believedCost(measured: MeasuredCost, others: readonly MeasuredCost[], noise: number): Belief {
  const own = { mean: measured.logCost, variance: varianceOf(measured, noise) };
  const distanceTo = ({ point }: MeasuredCost) => squaredDistance(point, measured.point);
  const near = others.toSorted((a, b) => distanceTo(a) - distanceTo(b)).slice(0, mostOthers);
  if (near.length < leastOthers) return own;
  const prior = predict(measured.point, near, noise);
  const variance = 1 / (1 / own.variance + 1 / prior.variance);
  return { mean: variance * (own.mean / own.variance + prior.mean / prior.variance), variance };
}

/** The median of r normal numbers has π/2 times the variance of their mean, from r = 3 on. */
function varianceOf({ repeats }: MeasuredCost, noise: number): number {
  return (noise ** 2 * (repeats > 2 ? Math.PI / 2 : 1)) / repeats;
}

interface Fit {
  readonly logLikelihood: number;
  readonly length: number;
  readonly amplitude: number;
  readonly departure: number;
  readonly factors: Cholesky;
}

function predict(point: readonly number[], others: readonly MeasuredCost[], noise: number): Belief {
  const m = others.length;
  const centre = others.reduce((sum, { logCost }) => sum + logCost, 0) / m;
  const residuals = others.map(({ logCost }) => logCost - centre);
  const distances = others.flatMap((a) => others.map((b) => squaredDistance(a.point, b.point)));
  const trends = others.flatMap((a) => others.map((b) => trend(a.point, b.point)));
  let best: Fit | null = null;
  for (const length of lengths) {
    const correlations = distances.map((distance) => Math.exp(-distance / (2 * length ** 2)));
    for (const amplitude of amplitudes) {
      for (const departure of departures) {
        const covariance = new Float64Array(m * m);
        for (let k = 0; k < m * m; k++) covariance[k] = amplitude ** 2 * correlations[k]! + trends[k]!;
        for (let i = 0; i < m; i++)
          covariance[i * (m + 1)]! += (departure * noise) ** 2 + varianceOf(others[i]!, noise);
        const factors = cholesky(covariance, m);
        const logLikelihood = -(factors.inverseForm(residuals) + factors.logDeterminant) / 2;
        if (best === null || logLikelihood > best.logLikelihood) {
          best = { logLikelihood, length, amplitude, departure, factors };
        }
      }
    }
  }
  const { length, amplitude, departure, factors } = best!;
  const covarianceWith = (other: readonly number[]) =>
    amplitude ** 2 * Math.exp(-squaredDistance(point, other) / (2 * length ** 2)) + trend(point, other);
  const covariances = others.map((other) => covarianceWith(other.point));
  const weights = factors.solve(residuals);
  const smooth = covarianceWith(point) - factors.inverseForm(covariances);
  return {
    mean: centre + covariances.reduce((sum, covariance, i) => sum + covariance * weights[i]!, 0),
    variance: Math.max(0, smooth) + (departure * noise) ** 2 + 1e-12,
  };
}

function trend(a: readonly number[], b: readonly number[]): number {
  return trendDeviation ** 2 * a.reduce((sum, value, d) => sum + value * b[d]!, 1);
}
