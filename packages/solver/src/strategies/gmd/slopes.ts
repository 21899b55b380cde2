import { cholesky } from "../../cholesky.ts";

/** A linear model around a point: how a value changes per unit of each feature. */
export interface SlopeSample {
  /** m × k row by row, differences of the features from the anchor. */
  readonly features: ArrayLike<number>;
  /** m differences of the value from the anchor. */
  readonly changes: ArrayLike<number>;
  /** m weights ≥ 0. */
  readonly weights: ArrayLike<number>;
  /** For each of the k features, the slope to expect without measurements. */
  readonly expected: ArrayLike<number>;
  /** For each of the k features, whether its slope must not be negative. */
  readonly nonNegative: readonly boolean[];
}

/** Keeps slopes of directions that nothing was measured in as expected; a thousandth of one full-weight measurement. */
const ridge = 1e-3;
const sweeps = 500;
const converged = 1e-9;

/**
 * The slopes s that minimise Σ w (f·s − change)² + ridge·‖s − expected‖², some of them ≥ 0, by cyclic coordinate descent from those
 * without that limit, which are the answer where none is below 0; it converges as the ridge makes the problem strictly convex.
 *
 * @returns k slopes
 * @see S. J. Wright, Coordinate descent algorithms, Mathematical Programming 151 (2015)
 */
export function fitSlopes({ features, changes, weights, expected, nonNegative }: SlopeSample): Float64Array {
  const k = expected.length;
  const gram = new Float64Array(k * k);
  const pull = new Float64Array(k);
  for (let m = 0; m < changes.length; m++) {
    for (let i = 0; i < k; i++) {
      const weighted = weights[m]! * features[m * k + i]!;
      if (weighted === 0) continue;
      pull[i]! += weighted * changes[m]!;
      for (let j = 0; j <= i; j++) gram[i * k + j]! += weighted * features[m * k + j]!;
    }
  }
  for (let i = 0; i < k; i++) {
    pull[i]! += ridge * expected[i]!;
    gram[i * k + i]! += ridge;
    for (let j = 0; j < i; j++) gram[j * k + i] = gram[i * k + j]!;
  }
  const slopes = cholesky(gram, k).solve(pull);
  let isAllowed = true;
  for (let i = 0; i < k; i++) {
    if (!nonNegative[i]! || slopes[i]! >= 0) continue;
    slopes[i] = 0;
    isAllowed = false;
  }
  if (isAllowed) return slopes;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let largest = 0;
    for (let i = 0; i < k; i++) {
      let rest = pull[i]!;
      for (let j = 0; j < k; j++) if (j !== i) rest -= gram[i * k + j]! * slopes[j]!;
      const free = rest / gram[i * k + i]!;
      const next = nonNegative[i]! && free < 0 ? 0 : free;
      largest = Math.max(largest, Math.abs(next - slopes[i]!));
      slopes[i] = next;
    }
    if (largest < converged) break;
  }
  return slopes;
}
