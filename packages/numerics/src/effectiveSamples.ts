import { lagOneAutocorrelation } from "./lagOneAutocorrelation.ts";

/**
 * How many independent samples a correlated sequence is worth: n (1 − ρ) / (1 + ρ), with ρ the lag-1 autocorrelation.
 *
 * Clamped to 1 … n: a negative ρ would claim more information than there are samples. Exact for a first-order autoregressive sequence; longer
 * memory makes it too large.
 *
 * @param samples  in the order in which they were taken, length ≥ 1
 * @throws RangeError when `samples` is empty
 * @see H. Thiébaux and F. Zwiers, The Interpretation and Estimation of Effective Sample Size (1984)
 * @example leastSamples(0.99) <= effectiveSamples(latencies)  // is there enough for an interval of the p99?
 */
export function effectiveSamples(samples: ArrayLike<number>): number {
  const rho = lagOneAutocorrelation(samples);
  const n = samples.length;
  return Math.min(n, Math.max(1, (n * (1 - rho)) / (1 + rho)));
}
