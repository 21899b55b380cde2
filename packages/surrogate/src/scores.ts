import { interpolatedQuantile } from "@partitune/numerics";
import type { Estimate, FitScores } from "@partitune/schema";
import jStat from "jstat";
import { mean } from "./mean.ts";

/** A held-out value beside its prediction; `ratio` is the half width of an interval that this value had no part in. */
export interface ScoredPoint {
  readonly measured: number;
  readonly predicted: number;
  readonly error: number;
  readonly ratio: number | null;
}

/** Confidence of the intervals around scores. */
const confidence = 0.95;
/** Errors that differ by less are equal. */
const rounding = 1e-9;

/** How well held-out values were predicted, with intervals for the mean error and for the coverage. */
export function scoresOf(points: readonly ScoredPoint[]): FitScores {
  const relative = points.map(({ measured, predicted }) => Math.abs(predicted / measured - 1));
  const judged = points.flatMap(({ error, ratio }) => (ratio === null ? [] : [error <= Math.log1p(ratio) + rounding]));
  return {
    heldOut: points.length,
    mape: meanWithInterval(relative),
    medianError: interpolatedQuantile(
      relative.toSorted((a, b) => a - b),
      0.5,
    ),
    r2: determination(points),
    coverage: judged.length === 0 ? null : proportion(judged.filter((covered) => covered).length, judged.length),
  };
}

/** Mean with its Student t interval, cut off at 0; open for a single value. */
function meanWithInterval(values: readonly number[]): Estimate {
  const n = values.length;
  const value = mean(values);
  if (n < 2) return { value, low: null, high: null };
  const variance = values.reduce((sum, x) => sum + (x - value) ** 2, 0) / (n - 1);
  const half = jStat.studentt.inv((1 + confidence) / 2, n - 1) * Math.sqrt(variance / n);
  return { value, low: Math.max(0, value - half), high: value + half };
}

/**
 * Proportion of successes with its exact interval.
 *
 * @see C. J. Clopper and E. S. Pearson, Biometrika 26 (1934)
 */
function proportion(successes: number, n: number): Estimate {
  const tail = (1 - confidence) / 2;
  return {
    value: successes / n,
    low: successes === 0 ? 0 : jStat.beta.inv(tail, successes, n - successes + 1),
    high: successes === n ? 1 : jStat.beta.inv(1 - tail, successes + 1, n - successes),
  };
}

/** 1 − residual over total sum of squares; null when all values agree. */
function determination(points: readonly ScoredPoint[]): number | null {
  const centre = mean(points.map(({ measured }) => measured));
  const total = points.reduce((sum, { measured }) => sum + (measured - centre) ** 2, 0);
  const residual = points.reduce((sum, { measured, predicted }) => sum + (measured - predicted) ** 2, 0);
  return total === 0 ? null : 1 - residual / total;
}
