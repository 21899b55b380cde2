import type { Random } from "@partitune/numerics";
import { type CostFunction, type CostRow, checkCostRows, type LearnCosts } from "./costs.ts";
import { dot } from "./dot.ts";
import { factorise, kernelRow } from "./gaussianKernel.ts";
import { findHyperparameters } from "./gaussianLikelihood.ts";
import { mean } from "./mean.ts";
import { weightedLeastSquares } from "./weightedLeastSquares.ts";

/**
 * Learns the costs of a workload as ratios to those of a reference workload in the same mode: transfer without a neural network. Modes that
 * slow one workload down slow others down alike, so the ratios vary less than the costs.
 *
 * The logarithm of a ratio is a straight line in the logarithms of the settings, and what departs from it is a smooth random function (Gaussian
 * process), whose length scales and noise maximise the marginal likelihood.
 *
 * @param reference  costs of the reference workload: `lookupCosts` of its whole profile, or a model of it
 * @see C. E. Rasmussen and C. K. I. Williams, Gaussian Processes for Machine Learning (2006), sections 2.7 and 5.4
 */
export function logRatioLearner(reference: CostFunction): LearnCosts {
  return (rows, random) => {
    checkCostRows(rows);
    const known = rows.map(({ x }) => reference(x));
    const time = logRatioFunction(
      rows,
      rows.map((row, i) => row.timeSeconds / known[i].timeSeconds),
      random.fork("time"),
    );
    const power = logRatioFunction(
      rows,
      rows.map((row, i) => row.powerWatts / known[i].powerWatts),
      random.fork("power"),
    );
    return (x) => {
      const { timeSeconds, powerWatts } = reference(x);
      return { timeSeconds: timeSeconds * time(x), powerWatts: powerWatts * power(x) };
    };
  };
}

/** The ratio as a function of the settings. */
function logRatioFunction(
  rows: readonly CostRow[],
  ratios: readonly number[],
  random: Random,
): (x: readonly number[]) => number {
  const toPoint = standardiser(rows.map(({ x }) => x));
  const points = rows.map(({ x }) => toPoint(x));
  const weights = points.map(() => 1);
  const logs = ratios.map(Math.log);
  const trend = weightedLeastSquares(
    points.map((point) => [1, ...point]),
    logs,
    weights,
  );
  const straight = (point: readonly number[]) => dot([1, ...point], trend);
  const residuals = logs.map((value, i) => value - straight(points[i]));
  const sample = { points, residuals, weights };
  const hyperparameters = findHyperparameters(sample, random);
  const { coefficients } = factorise(sample, hyperparameters);
  return (x) => {
    const point = toPoint(x);
    return Math.exp(straight(point) + dot(kernelRow(point, points, hyperparameters), coefficients));
  };
}

/** Logarithms of the settings that vary, with mean 0 and spread 1. */
function standardiser(settings: readonly (readonly number[])[]): (x: readonly number[]) => number[] {
  const scales = settings[0].flatMap((_, column) => {
    const logs = settings.map((x) => Math.log(x[column]));
    const centre = mean(logs);
    const spread = Math.sqrt(mean(logs.map((value) => (value - centre) ** 2)));
    return spread > 1e-9 ? [{ column, centre, spread }] : [];
  });
  return (x) => scales.map(({ column, centre, spread }) => (Math.log(x[column]) - centre) / spread);
}
