import { CholeskyDecomposition, Matrix } from "ml-matrix";

/** What the marginal likelihood decides. */
export type Hyperparameters = {
  /** Length scale of each standardised feature. */
  readonly lengthScales: readonly number[];
  /** Variance of the noise of a row of weight 1, relative to the variance of the function. */
  readonly noise: number;
};

/** Standardised points, the targets left after the trend, and how much each row can be trusted. */
export interface GaussianSample {
  readonly points: readonly (readonly number[])[];
  readonly residuals: readonly number[];
  readonly weights: readonly number[];
}

/** Squared-exponential covariance exp(−½ Σ ((x − x′)/ℓ)²) of a point with each of others, relative to the variance of the function. */
export function kernelRow(
  point: readonly number[],
  others: readonly (readonly number[])[],
  { lengthScales }: Hyperparameters,
): number[] {
  return others.map((other) => {
    let squares = 0;
    for (let d = 0; d < point.length; d++) {
      const distance = (point[d] - other[d]) / lengthScales[d];
      squares += distance * distance;
    }
    return Math.exp(-0.5 * squares);
  });
}

/** The covariance of a sample, decomposed, and what follows from it. */
export interface Factorised {
  /** (K + noise)⁻¹ residuals: prediction at a point is the sum of these times its covariances. */
  readonly coefficients: number[];
  /** Logarithm of the marginal likelihood, maximised over the variance of the function; constants dropped. */
  readonly logLikelihood: number;
}

/**
 * Decomposes K + noise/weights = LLᵀ and solves for the residuals.
 *
 * The variance of the function that maximises the likelihood is rᵀK⁻¹r/n; with it the log likelihood is −½ n·log(rᵀK⁻¹r/n) − ½ log|K|.
 */
export function factorise(sample: GaussianSample, hyperparameters: Hyperparameters): Factorised {
  const { points, residuals, weights } = sample;
  const covariance = new Matrix(points.length, points.length);
  for (const [i, point] of points.entries()) {
    const row = kernelRow(point, points.slice(0, i), hyperparameters);
    for (const [j, value] of row.entries()) {
      covariance.set(i, j, value);
      covariance.set(j, i, value);
    }
    covariance.set(i, i, 1 + hyperparameters.noise / weights[i] + jitter);
  }
  const decomposition = new CholeskyDecomposition(covariance);
  const coefficients = decomposition.solve(Matrix.columnVector(residuals)).to1DArray();
  const lower = decomposition.lowerTriangularMatrix;
  const logDeterminant = 2 * points.reduce((sum, _, i) => sum + Math.log(lower.get(i, i)), 0);
  const energy = residuals.reduce((sum, value, i) => sum + value * coefficients[i], 0);
  const variance = Math.max(energy / points.length, smallestVariance);
  return { coefficients, logLikelihood: -0.5 * (points.length * Math.log(variance) + logDeterminant) };
}

/** Keeps the covariance positive definite when rows coincide. */
const jitter = 1e-10;
/** Squared relative error far below any timer's. */
const smallestVariance = 1e-24;
