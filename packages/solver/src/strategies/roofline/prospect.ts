/** What is hoped of a candidate. */
export interface Prospect {
  /**
   * Expected gain over the best so far, relative to it, misses counting as no gain; before anything keeps the limits, the probability that
   * this does.
   */
  readonly gain: number;
  /** That it keeps every limit. */
  readonly probability: number;
}
