import { cholesky } from "./cholesky.ts";
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
/** Of a logarithm that is predicted exactly: nothing is surer than a hundredth of a percent. */
const leastVariance = 1e-8;

/**
 * What one measurement and those of other modes together say of a true cost. A mode that was chosen because it measured well has
 * probably measured too well; how much so is what the others tell: the less it departs from what they predict, the less is taken back.
 *
 * The others predict by a Gaussian process with a linear trend in the modes' settings. Its length, its amplitude and how far single
 * modes depart from it are not known: each combination of a few values counts as much as all measurements make it likely. Given that
 * prior, it does not matter how the mode was chosen.
 *
 * @param noise  relative standard deviation of one measurement
 * @returns the measurement itself, with its variance, when fewer than 6 others are known
 * @see C. E. Rasmussen and C. K. I. Williams, Gaussian Processes for Machine Learning (2006), section 5.2; S. Senn, A note concerning a
 * selection "paradox" of Dawid's, The American Statistician 62 (2008), for choosing and posteriors
 */
export function believedCost(measured: MeasuredCost, others: readonly MeasuredCost[], noise: number): Belief {
  const own = { mean: measured.logCost, variance: varianceOf(measured, noise) };
  const distanceTo = ({ point }: MeasuredCost) => squaredDistance(point, measured.point);
  const near = others.toSorted((a, b) => distanceTo(a) - distanceTo(b)).slice(0, mostOthers);
  if (near.length < leastOthers) return own;
  return mix(predictions(measured.point, near, noise).map((prior) => update(prior, own)));
}

/** The median of r normal numbers has π/2 times the variance of their mean, from r = 3 on. */
function varianceOf({ repeats }: MeasuredCost, noise: number): number {
  return (noise ** 2 * (repeats > 2 ? Math.PI / 2 : 1)) / repeats;
}

/** A belief under one combination of the unknowns, and how likely the measurements are under it. */
interface WeightedBelief extends Belief {
  readonly logLikelihood: number;
}

function update(prior: WeightedBelief, own: Belief): WeightedBelief {
  const variance = 1 / (1 / own.variance + 1 / prior.variance);
  const spread = own.variance + prior.variance;
  return {
    mean: variance * (own.mean / own.variance + prior.mean / prior.variance),
    variance,
    logLikelihood: prior.logLikelihood - ((own.mean - prior.mean) ** 2 / spread + Math.log(spread)) / 2,
  };
}

/** Mean and variance of a mixture. */
function mix(beliefs: readonly WeightedBelief[]): Belief {
  const most = Math.max(...beliefs.map(({ logLikelihood }) => logLikelihood));
  const weights = beliefs.map(({ logLikelihood }) => Math.exp(logLikelihood - most));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const average = (of: (belief: Belief) => number) =>
    beliefs.reduce((sum, belief, i) => sum + (weights[i]! / total) * of(belief), 0);
  const mean = average((belief) => belief.mean);
  return { mean, variance: average((belief) => belief.variance + (belief.mean - mean) ** 2) };
}

function predictions(point: readonly number[], others: readonly MeasuredCost[], noise: number): WeightedBelief[] {
  const m = others.length;
  const centre = others.reduce((sum, { logCost }) => sum + logCost, 0) / m;
  const residuals = others.map(({ logCost }) => logCost - centre);
  const distances = others.flatMap((a) => others.map((b) => squaredDistance(a.point, b.point)));
  const trends = others.flatMap((a) => others.map((b) => trend(a.point, b.point)));
  const distancesTo = others.map((other) => squaredDistance(point, other.point));
  const trendsTo = others.map((other) => trend(point, other.point));
  const covariance = new Float64Array(m * m);
  return lengths.flatMap((length) => {
    const correlate = (distance: number) => Math.exp(-distance / (2 * length ** 2));
    const correlations = distances.map(correlate);
    const correlationsTo = distancesTo.map(correlate);
    return amplitudes.flatMap((amplitude) =>
      departures.map((departure): WeightedBelief => {
        for (let k = 0; k < m * m; k++) covariance[k] = amplitude ** 2 * correlations[k]! + trends[k]!;
        const own = (departure * noise) ** 2;
        for (let i = 0; i < m; i++) covariance[i * (m + 1)]! += own + varianceOf(others[i]!, noise);
        const factors = cholesky(covariance, m);
        const covariances = correlationsTo.map((correlation, i) => amplitude ** 2 * correlation + trendsTo[i]!);
        const weights = factors.solve(residuals);
        const smooth = amplitude ** 2 + trend(point, point) - factors.inverseForm(covariances);
        return {
          mean: centre + covariances.reduce((sum, value, i) => sum + value * weights[i]!, 0),
          variance: Math.max(0, smooth) + own + leastVariance,
          logLikelihood: -(factors.inverseForm(residuals) + factors.logDeterminant) / 2,
        };
      }),
    );
  });
}

function trend(a: readonly number[], b: readonly number[]): number {
  return trendDeviation ** 2 * a.reduce((sum, value, d) => sum + value * b[d]!, 1);
}
