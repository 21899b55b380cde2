import { binomialAtMost } from "./binomial.ts";
import { checkQuantile, firstWhere, tailOf } from "./quantileRanks.ts";

/** What the samples must be enough for. */
export interface LeastSamplesOptions {
  /** Coverage to guarantee, 0 < confidence < 1, by default 0.99. */
  readonly confidence?: number;
  /** `both` (default): a two-sided interval, half of the risk on each side. `upper`: an upper bound alone, which takes all the risk. */
  readonly sides?: "both" | "upper";
  /** Samples allowed above the upper bound: 0 (default) takes the maximum as the bound, 1 the second largest. */
  readonly above?: number;
}

/**
 * The least number of independent samples from which a distribution-free interval of the p-quantile exists.
 *
 * With `sides: "upper"` and k = `above`: the least n with P(Binomial(n, 1 − p) ≤ k) ≤ α. With `"both"`: the same at α/2, and
 * (1 − p)^n ≤ α/2 for the lower end.
 *
 * @param p  quantile, 0 < p < 1
 * @throws RangeError when an argument is out of range
 * @see quantileRanks for the interval itself; MLPerf LoadGen's early stopping uses the one-sided counts
 * @example leastSamples(0.99)  // 528
 * @example leastSamples(0.99, { sides: "upper", above: 1 })  // 662, the least query count of MLPerf LoadGen for a p99
 */
export function leastSamples(p: number, options: LeastSamplesOptions = {}): number {
  const { confidence = 0.99, sides = "both", above = 0 } = options;
  checkQuantile(p, confidence);
  if (!(Number.isSafeInteger(above) && above >= 0)) {
    throw new RangeError(`the samples allowed above must be a whole number from 0 on, got ${above}`);
  }
  const risk = sides === "both" ? tailOf(confidence) : 2 * tailOf(confidence);
  const forUpper = leastWhere((n) => binomialAtMost(above, n, 1 - p) <= risk);
  return sides === "both"
    ? Math.max(
        forUpper,
        leastWhere((n) => binomialAtMost(0, n, p) <= risk),
      )
    : forUpper;
}

function leastWhere(enough: (n: number) => boolean): number {
  let most = 1;
  while (!enough(most)) most *= 2;
  return firstWhere(1, most, enough);
}
