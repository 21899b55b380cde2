import { interpolatedQuantile } from "./interpolatedQuantile.ts";

/** From this modified z-score on hyperfine calls a sample an outlier: 10 standard deviations of 1.4826 median absolute deviations each. */
export const outlierScore = 14.826;

/**
 * How far each sample lies from the median, in median absolute deviations: (x − median) / MAD. Robust where mean and deviation are not.
 *
 * When more than half of the samples are equal, MAD is 0: these score 0, all others plus or minus Infinity.
 *
 * @param samples  in any order, length n ≥ 1, without NaN
 * @returns scores with their sign, in the order of the samples
 * @throws RangeError when `samples` is empty
 * @see B. Iglewicz and D. Hoaglin, How to Detect and Handle Outliers (1993), without their factor 0.6745; as hyperfine computes it
 */
export function modifiedZScores(samples: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(samples);
  const middle = interpolatedQuantile(values.slice().sort(), 0.5);
  const gaps = values.map((value) => value - middle);
  const deviation = interpolatedQuantile(gaps.map(Math.abs).sort(), 0.5);
  return gaps.map((gap) => (gap === 0 ? 0 : gap / deviation));
}
