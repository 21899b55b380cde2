/** A linear model around a point: how a value changes per unit of each feature. */
export interface SlopeSample {
  /** m × k, differences of the features from the anchor. */
  readonly features: readonly (readonly number[])[];
  /** m differences of the value from the anchor. */
  readonly changes: readonly number[];
  /** m weights ≥ 0. */
  readonly weights: readonly number[];
  /** For each of the k features, whether its slope must not be negative. */
  readonly nonNegative: readonly boolean[];
}

/** Keeps slopes of directions that nothing was measured in at 0; a thousandth of one full-weight measurement. */
const ridge = 1e-3;
const sweeps = 500;
const converged = 1e-9;

/**
 * The slopes s that minimise Σ w (f·s − change)² + ridge·‖s‖², some of them ≥ 0, by cyclic coordinate descent, which converges as the
 * ridge makes the problem strictly convex.
 *
 * @returns k slopes
 * @see S. J. Wright, Coordinate descent algorithms, Mathematical Programming 151 (2015)
 */
export function fitSlopes({ features, changes, weights, nonNegative }: SlopeSample): number[] {
  const gram = nonNegative.map((_, i) => nonNegative.map((__, j) => weightedDot(features, weights, i, j)));
  const target = nonNegative.map((_, i) =>
    changes.reduce((sum, change, m) => sum + weights[m]! * features[m]![i]! * change, 0),
  );
  const slopes = nonNegative.map(() => 0);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let largest = 0;
    for (const [i, bounded] of nonNegative.entries()) {
      let pull = target[i]! + gram[i]![i]! * slopes[i]!;
      for (const [j, slope] of slopes.entries()) pull -= gram[i]![j]! * slope;
      const free = pull / (gram[i]![i]! + ridge);
      const next = bounded ? Math.max(0, free) : free;
      largest = Math.max(largest, Math.abs(next - slopes[i]!));
      slopes[i] = next;
    }
    if (largest < converged) break;
  }
  return slopes;
}

function weightedDot(rows: readonly (readonly number[])[], weights: readonly number[], i: number, j: number): number {
  return rows.reduce((sum, row, m) => sum + weights[m]! * row[i]! * row[j]!, 0);
}
