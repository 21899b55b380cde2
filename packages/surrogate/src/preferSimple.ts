import jStat from "jstat";
import { mean } from "./mean.ts";

/**
 * Probability beyond half a standard error on one side, in the normal limit. The classic full standard error chose models whose held-out
 * error was 3 % larger in the mean, on 55 public tables of GPU latency.
 */
const level = 0.3085;
/** Errors below a tenth of a percent are alike: no plan depends on them. */
const negligible = 1e-3;

/**
 * The first model that predicts about as well as the best: the standard-error rule, on paired differences.
 *
 * A model counts as worse when its mean excess error over the best is more than chance makes likely, by a one-sided paired t test.
 *
 * @param errors  per model, simplest first, the error of every held-out row; rows in the same order
 * @returns index of the model, undefined when there is none
 * @see L. Breiman, J. Friedman, R. Olshen and C. Stone, Classification and Regression Trees (1984), section 3.4.3
 */
export function preferSimple(errors: readonly (readonly number[])[]): number | undefined {
  const relevant = errors.map((row) => row.map((error) => Math.max(error, negligible)));
  const means = relevant.map(mean);
  const best = means.indexOf(Math.min(...means));
  if (best < 0) return undefined;
  return relevant.findIndex((candidate) => isNoWorse(candidate, relevant[best]));
}

function isNoWorse(candidate: readonly number[], best: readonly number[]): boolean {
  const n = best.length;
  const excess = candidate.map((error, i) => error - best[i]);
  const average = mean(excess);
  if (average <= 0) return true;
  if (n < 2) return false;
  const variance = excess.reduce((sum, value) => sum + (value - average) ** 2, 0) / (n - 1);
  const t = average / Math.sqrt(variance / n);
  return 1 - jStat.studentt.cdf(t, n - 1) > level;
}
