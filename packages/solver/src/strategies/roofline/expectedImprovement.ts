import { normalCumulative } from "@partitune/numerics";

/**
 * Mean of the positive part of a normal number: what a candidate is expected to gain, losses not counted.
 *
 * @param mean  predicted gain
 * @param deviation  its standard deviation, above 0
 * @see D. R. Jones, M. Schonlau and W. J. Welch, Efficient Global Optimization, Journal of Global Optimization 13 (1998), equation 15
 */
export function expectedImprovement(mean: number, deviation: number): number {
  const z = mean / deviation;
  return mean * normalCumulative(z) + (deviation * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI);
}
