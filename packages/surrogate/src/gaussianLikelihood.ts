import { compassSearch, type Random } from "@partitune/numerics";
import { factorise, type GaussianSample, type Hyperparameters } from "./gaussianKernel.ts";

/** Standardised features have spread 1, so these length scales reach from wiggly to straight. */
const lengthScaleBounds = [Math.log(0.3), Math.log(10)] as const;
const noiseBounds = [Math.log(1e-5), Math.log(1)] as const;

const starts = 4;
/** Rows beyond this number hardly change the hyperparameters, but cost their cube. */
const mostRows = 48;

/**
 * Length scales and noise that maximise the marginal likelihood: a compass search in logarithms from the best of several random starts.
 *
 * @param random  decides the starts, and which rows are used when there are many
 */
export function findHyperparameters(sample: GaussianSample, random: Random): Hyperparameters {
  const rows = thin(sample, random);
  const dimensions = sample.points[0].length;
  const bounds = [...new Array<readonly [number, number]>(dimensions).fill(lengthScaleBounds), noiseBounds];
  const objective = (point: readonly number[]) => -factorise(rows, toHyperparameters(point)).logLikelihood;
  const candidates = Array.from({ length: starts }, () =>
    bounds.map(([low, high]) => low + random.next() * (high - low)),
  );
  const values = candidates.map(objective);
  const start = candidates[values.indexOf(Math.min(...values))];
  return toHyperparameters(compassSearch(objective, start, { bounds, step: 1, smallestStep: 0.5 }).point);
}

function toHyperparameters(point: readonly number[]): Hyperparameters {
  return { lengthScales: point.slice(0, -1).map(Math.exp), noise: Math.exp(point[point.length - 1]) };
}

function thin(sample: GaussianSample, random: Random): GaussianSample {
  const all = [...sample.points.keys()];
  if (all.length <= mostRows) return sample;
  const kept = random.shuffle(all).slice(0, mostRows);
  return {
    points: kept.map((i) => sample.points[i]),
    residuals: kept.map((i) => sample.residuals[i]),
    weights: kept.map((i) => sample.weights[i]),
  };
}
