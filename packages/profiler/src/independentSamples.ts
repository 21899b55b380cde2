import { effectiveSamples, lagOneAutocorrelation } from "@partitune/numerics";

/** The autocorrelation of n independent samples scatters by 1/√n; up to twice that is taken for chance. */
const chance = 2;

/**
 * How many independent samples a sequence is worth: n(1 − ρ)/(1 + ρ), and n when the lag-1 autocorrelation ρ is no larger than
 * chance explains. Without that limit every other short measurement would lose its percentiles to the scatter of ρ itself.
 *
 * @param samples  in the order in which they were taken, length n ≥ 1
 * @throws RangeError when `samples` is empty
 * @see G. Box and G. Jenkins, Time Series Analysis (1976), section 2.1.6, for the scatter
 */
export function independentSamples(samples: readonly number[]): number {
  const n = samples.length;
  return lagOneAutocorrelation(samples) <= chance / Math.sqrt(n) ? n : effectiveSamples(samples);
}
