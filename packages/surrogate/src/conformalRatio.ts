/**
 * Half width of an interval that covers a new value with the confidence asked, from errors on held-out values: the ⌈(n + 1)·confidence⌉-th
 * smallest of n. No assumption about the shape of the errors; a new error has to be exchangeable with them.
 *
 * @param errors  |log(measured / predicted)| of held-out rows
 * @returns r, so that measured / predicted lies within [1/(1+r), 1+r]; null when n errors are too few for the confidence
 * @see V. Vovk, A. Gammerman and G. Shafer, Algorithmic Learning in a Random World (2005); R. F. Barber and others, Predictive inference with the
 *   jackknife+, Annals of Statistics 49 (2021)
 * @example conformalRatio(errors, 0.9)  // needs 9 errors
 */
export function conformalRatio(errors: readonly number[], confidence: number): number | null {
  const rank = Math.ceil((errors.length + 1) * confidence - 1e-9);
  if (rank > errors.length || rank < 1) return null;
  return Math.expm1(errors.toSorted((a, b) => a - b)[rank - 1]);
}

/** The least number of errors from which {@link conformalRatio} gives an interval. */
export function leastErrors(confidence: number): number {
  return Math.ceil(confidence / (1 - confidence) - 1e-9);
}
