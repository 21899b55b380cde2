import type { Estimate } from "@partitune/schema";
import { studentQuantile } from "./studentQuantile.ts";

/**
 * Mean over independent runs with its Student t interval.
 *
 * @param values  one per seed, at least 2
 * @param confidence  coverage, 0 < confidence < 1
 */
export function overSeeds(values: readonly number[], confidence: number): Estimate {
  const n = values.length;
  const mean = values.reduce((soFar, value, i) => soFar + (value - soFar) / (i + 1), 0); // exact when all values are equal
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / (n - 1);
  const half = studentQuantile(confidence, n - 1) * Math.sqrt(variance / n);
  return { value: mean, low: mean - half, high: mean + half };
}
