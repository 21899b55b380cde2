/**
 * Correlation between neighbours of a sequence: Σ (x_i − x̄)(x_{i+1} − x̄) / Σ (x_i − x̄)², from -1 to 1.
 *
 * A constant sequence, and one sample, have 0: there is no variation to be correlated.
 *
 * @param samples  in the order in which they were taken, length n ≥ 1
 * @throws RangeError when `samples` is empty
 * @see G. Box and G. Jenkins, Time Series Analysis (1976), section 2.1; O(n)
 */
export function lagOneAutocorrelation(samples: ArrayLike<number>): number {
  const n = samples.length;
  if (n === 0) throw new RangeError("an autocorrelation needs at least one sample");
  let mean = 0;
  for (let i = 0; i < n; i++) mean += (samples[i]! - mean) / (i + 1);
  let products = 0;
  let squares = 0;
  let before = 0;
  for (let i = 0; i < n; i++) {
    const gap = samples[i]! - mean;
    products += before * gap;
    squares += gap * gap;
    before = gap;
  }
  return squares === 0 ? 0 : products / squares;
}
