import jStat from "jstat";

/**
 * How many standard errors a two-sided interval reaches to each side, by Student's t.
 *
 * @param confidence  coverage, 0 < confidence < 1
 * @param degrees  degrees of freedom, ≥ 1: independent values less one
 */
export function studentQuantile(confidence: number, degrees: number): number {
  return jStat.studentt.inv((1 + confidence) / 2, degrees);
}

/** The same when the spread is known, by the normal distribution. */
export function normalQuantile(confidence: number): number {
  return jStat.normal.inv((1 + confidence) / 2, 0, 1);
}
