import { z } from "zod";
import { dot } from "../dot.ts";
import { column, type FeatureRow, firstSetting } from "../features.ts";
import { factorise, kernelRow } from "../gaussianKernel.ts";
import { findHyperparameters } from "../gaussianLikelihood.ts";
import { fitLaunchBound, launchBoundLaw, prepareLaunchBound } from "../launchBoundLaw.ts";
import { defineModel } from "../model.ts";
import { weightedLeastSquares } from "../weightedLeastSquares.ts";

/** log φ, log b and the settings. */
const featuresOf = (row: FeatureRow) => [
  Math.log(row[column.fraction]),
  Math.log(row[column.batch]),
  ...row.slice(firstSetting),
];

const numbers = z.array(z.number()).readonly();

/** Centre and spread of a feature that varies; the others are left out. */
const scaling = z.object({ index: z.int().nonnegative(), centre: z.number(), spread: z.number().positive() });
type Scaling = z.infer<typeof scaling>;

function scalings(features: readonly (readonly number[])[]): Scaling[] {
  return features[0]
    .map((_, index) => {
      const values = features.map((row) => row[index]);
      const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / values.length;
      return { index, centre, spread: Math.sqrt(variance) };
    })
    .filter(({ spread }) => spread > 1e-9);
}

const standardise = (row: FeatureRow, dimensions: readonly Scaling[]) => {
  const features = featuresOf(row);
  return dimensions.map(({ index, centre, spread }) => (features[index] - centre) / spread);
};

/**
 * Gaussian process regression of log t on log φ, log b and the settings. Its mean is a law: Amdahl's over a floor, times a power of every
 * feature; what departs from it is a smooth random function with a squared-exponential covariance, one length scale per feature.
 *
 * The mean is fitted first. Length scales and noise maximise the marginal likelihood of the rest; rows of half the weight have twice the noise
 * variance.
 *
 * @see C. E. Rasmussen and C. K. I. Williams, Gaussian Processes for Machine Learning (2006), algorithm 2.1 and section 5.4
 */
export const gaussianProcess = defineModel({
  name: "gaussian-process",
  summary: "Amdahl's law over a floor, and a smooth departure from it (Gaussian process)",
  parameters: z.object({
    law: launchBoundLaw,
    dimensions: z.array(scaling).readonly(),
    trend: numbers,
    hyperparameters: z.object({ lengthScales: numbers, noise: z.number().positive() }),
    points: z.array(numbers).readonly(),
    coefficients: numbers,
  }),
  fit: (X, y, { weights, random, parent }) => {
    const dimensions = scalings(X.map(featuresOf));
    if (X.length < dimensions.length + 2) return null;
    const law = fitLaunchBound(X, y, weights, parent?.law);
    const mean = prepareLaunchBound(law);
    const departures = y.map((value, i) => Math.log(value / mean(X[i])));
    const points = X.map((row) => standardise(row, dimensions));
    const withIntercept = points.map((point) => [1, ...point]);
    const trend = weightedLeastSquares(withIntercept, departures, weights);
    const residuals = departures.map((value, i) => value - dot(withIntercept[i], trend));
    const sample = { points, residuals, weights };
    const hyperparameters =
      parent?.dimensions.length === dimensions.length ? parent.hyperparameters : findHyperparameters(sample, random);
    const { coefficients } = factorise(sample, hyperparameters);
    return { law, dimensions, trend, hyperparameters, points, coefficients };
  },
  prepare: ({ law, dimensions, trend, hyperparameters, points, coefficients }) => {
    const mean = prepareLaunchBound(law);
    return (row) => {
      const point = standardise(row, dimensions);
      const straight = trend[0] + point.reduce((sum, value, i) => sum + value * trend[i + 1], 0);
      const departure = dot(kernelRow(point, points, hyperparameters), coefficients);
      return mean(row) * Math.exp(straight + departure);
    };
  },
});
