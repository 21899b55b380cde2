import { normalCumulative } from "./normalCumulative.ts";
import { normalDensity } from "./normalDensity.ts";

/**
 * Mean of the positive part of a normal number: what a candidate is expected to gain, losses not counted.
 *
 * @param mean  predicted gain
 * @param deviation  its standard deviation, at least 0
 * @returns in the unit of both
 * @see D. R. Jones, M. Schonlau and W. J. Welch, Efficient Global Optimization, Journal of Global Optimization 13 (1998), equation 15
 */
export function expectedImprovement(mean: number, deviation: number): number {
  if (!(deviation > 0)) return Math.max(0, mean);
  const z = mean / deviation;
  return Math.max(0, mean * normalCumulative(z) + deviation * normalDensity(z));
}
