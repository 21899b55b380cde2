import { interpolatedQuantile } from "./interpolatedQuantile.ts";

/** Limits beyond which a sample is called an outlier, in the samples' unit. */
export interface TukeyFences {
  readonly lowSevere: number;
  readonly lowMild: number;
  readonly highMild: number;
  readonly highSevere: number;
}

/** Where a sample lies among the fences. In latency the high ones are the tail itself: label them, never drop them. */
export type OutlierLabel = "lowSevere" | "lowMild" | "none" | "highMild" | "highSevere";

/**
 * Tukey's fences: 1.5 (mild) and 3 (severe) interquartile ranges outside the quartiles. Quartiles interpolate linearly (type 7, R's default).
 *
 * @param samples  in any order, length ≥ 1, without NaN
 * @throws RangeError when `samples` is empty
 * @see J. W. Tukey, Exploratory Data Analysis (1977); criterion.rs labels its outliers the same way
 */
export function tukeyFences(samples: ArrayLike<number>): TukeyFences {
  const sorted = Float64Array.from(samples).sort();
  const low = interpolatedQuantile(sorted, 0.25);
  const high = interpolatedQuantile(sorted, 0.75);
  const range = high - low;
  return {
    lowSevere: low - 3 * range,
    lowMild: low - 1.5 * range,
    highMild: high + 1.5 * range,
    highSevere: high + 3 * range,
  };
}

/** The label of one value; a value on a fence is inside it. */
export function outlierLabel(value: number, fences: TukeyFences): OutlierLabel {
  if (value < fences.lowSevere) return "lowSevere";
  if (value < fences.lowMild) return "lowMild";
  if (value > fences.highSevere) return "highSevere";
  return value > fences.highMild ? "highMild" : "none";
}
