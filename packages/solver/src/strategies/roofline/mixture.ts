/** What is said about a number: mean and variance. */
export interface Gaussian {
  readonly mean: number;
  readonly variance: number;
}

/** Mean and variance of a mixture: the spread of its parts, and how far they disagree. The weights sum to 1. */
export function mixture(parts: readonly Gaussian[], weights: readonly number[]): Gaussian {
  let [mean, square] = [0, 0];
  for (const [i, part] of parts.entries()) {
    mean += weights[i]! * part.mean;
    square += weights[i]! * (part.mean ** 2 + part.variance);
  }
  return { mean, variance: Math.max(0, square - mean ** 2) };
}
