import type { Random } from "@partitune/numerics";
import type { Arrivals, Seconds } from "@partitune/schema";

/** A placement in numbers: one worker, the batches it may form and how long each takes. */
export interface Station {
  readonly placement: string;
  readonly workload: string;
  readonly maxBatch: number;
  /** Longest time a free worker with a request waits for a full batch. */
  readonly maxDelay: Seconds;
  /** Median service time of a batch of k requests at index k, 1 … maxBatch; index 0 is unused. */
  readonly service: Float64Array;
  /** Time until the worker is free again, same shape. */
  readonly occupancy: Float64Array;
  /** Quantiles at (i + 0.5)/n of one batch's times relative to their medians, ascending. */
  readonly ratios: Float64Array;
  /** Part of the processor it can use, 0 < demand ≤ 1: what it needs to run at full speed where stations share. */
  readonly demand: number;
  readonly arrivals: Arrivals;
  /** The station's own randomness: what other stations draw changes nothing here. */
  readonly random: Random;
}

/** The part of a run that is looked at: requests that arrive in [start, end). */
export interface Window {
  readonly start: Seconds;
  readonly end: Seconds;
}
