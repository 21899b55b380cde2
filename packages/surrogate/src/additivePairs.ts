import { inverse, Matrix } from "ml-matrix";
import { mean } from "./mean.ts";
import { namesIn, type PairCell, varianceWithin } from "./pairCells.ts";

/** What workloads do to each other, as the sum of what one suffers and what the other inflicts. */
export interface AdditivePairs {
  /** Expected logarithm of the slowdown of a subject by one neighbour. */
  readonly logOf: (subject: string, neighbour: string) => number;
  /** Mean squared error on cells held out one by one, weighted by how sure they are. */
  readonly heldOutVariance: number;
}

/** Strengths of the pull towards the common mean, from next to none to nothing but the mean. */
const penalties = [0.1, 0.3, 1, 3, 10, 30, 100, 1e6] as const;

/**
 * log slowdown = Σ_neighbours w · (μ + α_subject + β_neighbour) with the weights w of `pairWeight`, and with α and β pulled towards 0 by ridge regression; the strength of the pull
 * is the one that predicts held-out cells best.
 *
 * @param cells  at least two
 */
export function additivePairs(cells: readonly PairCell[]): AdditivePairs {
  const names = namesIn(cells);
  const columns = 1 + 2 * names.length;
  const equations = cells.map(({ subject, neighbours, logMean }): Equation => {
    const whole = neighbours.reduce((sum, { weight }) => sum + weight, 0);
    const inflicted = [...Map.groupBy(neighbours, ({ name }) => name)].map(([name, same]) => {
      const weight = same.reduce((sum, each) => sum + each.weight, 0);
      return [1 + names.length + names.indexOf(name), weight] as const;
    });
    return { terms: [[0, whole], [1 + names.indexOf(subject), whole], ...inflicted], target: logMean };
  });
  const system = normalEquations(equations, weightsOf(cells), columns);
  const fits = penalties.map((penalty) => ridge(system, penalty));
  const best = fits.reduce((least, each) => (each.heldOutVariance < least.heldOutVariance ? each : least));
  const at = (name: string, from: number) => best.coefficients[from + names.indexOf(name)] ?? 0;
  return {
    logOf: (subject, neighbour) =>
      best.coefficients[0] +
      (names.includes(subject) ? at(subject, 1) : 0) +
      (names.includes(neighbour) ? at(neighbour, 1 + names.length) : 0),
    heldOutVariance: best.heldOutVariance,
  };
}

/** Inverse variances of the cells' means: what cells differ by, plus what their samples scatter by; 1 at most. */
function weightsOf(cells: readonly PairCell[]): number[] {
  const within = varianceWithin(cells) ?? 0;
  const means = cells.map(
    ({ logMean, neighbours }) => logMean / neighbours.reduce((sum, { weight }) => sum + weight, 0),
  );
  const centre = mean(means);
  const total = mean(means.map((value) => (value - centre) ** 2));
  const between = Math.max(0, total - mean(cells.map(({ samples }) => within / samples)));
  const variances = cells.map(({ samples }) => between + within / samples);
  const least = Math.min(...variances);
  return variances.map((variance) => (variance === 0 ? 1 : least / variance));
}

/** Σ factor · coefficient over the terms = target; a term is a column and its factor. */
interface Equation {
  readonly terms: readonly (readonly [column: number, factor: number])[];
  readonly target: number;
}

interface NormalEquations {
  readonly equations: readonly Equation[];
  readonly weights: readonly number[];
  /** AᵀWA and AᵀWy. */
  readonly gram: Matrix;
  readonly moments: Matrix;
}

function normalEquations(equations: readonly Equation[], weights: readonly number[], columns: number): NormalEquations {
  const gram = Matrix.zeros(columns, columns);
  const moments = Matrix.zeros(columns, 1);
  for (const [i, { terms, target }] of equations.entries())
    for (const [column, factor] of terms) {
      moments.set(column, 0, moments.get(column, 0) + weights[i] * factor * target);
      for (const [other, times] of terms)
        gram.set(column, other, gram.get(column, other) + weights[i] * factor * times);
    }
  return { equations, weights, gram, moments };
}

interface RidgeFit {
  readonly coefficients: readonly number[];
  readonly heldOutVariance: number;
}

/** The first column is not penalised. Held-out errors in closed form: eᵢ / (1 − hᵢ). */
function ridge({ equations, weights, gram, moments }: NormalEquations, penalty: number): RidgeFit {
  const penalised = gram.clone();
  for (let k = 1; k < gram.rows; k++) penalised.set(k, k, gram.get(k, k) + penalty);
  const solved = inverse(penalised);
  const coefficients = solved.mmul(moments).to1DArray();
  const errors = equations.map(({ terms, target }, i) => {
    const fitted = terms.reduce((sum, [column, factor]) => sum + factor * coefficients[column], 0);
    const own = terms.flatMap(([a, x]) => terms.map(([b, y]) => x * y * solved.get(a, b)));
    const leverage = weights[i] * own.reduce((sum, value) => sum + value, 0);
    return (target - fitted) / Math.max(smallestRest, 1 - leverage);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return { coefficients, heldOutVariance: errors.reduce((sum, e, i) => sum + weights[i] * e ** 2, 0) / total };
}

/** A cell that alone decides its own fit tells nothing about others. */
const smallestRest = 1e-6;
