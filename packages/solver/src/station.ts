/** A server that forms batches, in numbers: all that a feasibility rule sees of a choice. */
export interface Station {
  /** Median service time of a batch of i + 1 requests, s, at index i; as long as the largest batch. */
  readonly serviceSeconds: readonly number[];
  /** Time until the server is free again, s, at least the service time; same shape. */
  readonly occupancySeconds: readonly number[];
  /** Quantiles at (i + 0.5)/n of one batch's times relative to their medians. */
  readonly ratios: readonly number[];
}
