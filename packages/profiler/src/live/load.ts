import type { Arrivals, Seconds } from "@partitune/schema";

/** Requests to one placement. */
export interface LoadStream {
  readonly placement: string;
  /** Unix domain socket of its server. */
  readonly socket: string;
  readonly arrivals: Arrivals;
  /** When its requests begin, and perhaps end, s from the start of the load; by default they come all the time. */
  readonly startSeconds?: Seconds;
  readonly endSeconds?: Seconds;
}

/** Load to be generated, on one clock for all streams. */
export interface LoadRequest {
  readonly streams: readonly LoadStream[];
  /** Ramp before the window; its requests are sent and not counted. */
  readonly warmupSeconds: Seconds;
  readonly durationSeconds: Seconds;
  /** A request that has no answer so long after it was due is given up. */
  readonly timeoutSeconds: Seconds;
  readonly seed: string | number;
}

/**
 * What happened to the requests of one stream that were due in the window or before it, in the order in which they were due.
 * Times are seconds from the start of the load; NaN where there is none.
 */
export interface StreamSamples {
  readonly placement: string;
  /** When each was due, and when it was sent. */
  readonly intended: Float64Array;
  readonly sent: Float64Array;
  /** When it was answered, by the server's clock, which is also ours. */
  readonly end: Float64Array;
  /** What the server said: wait before execution, execution time of the batch, size of the batch. */
  readonly queue: Float64Array;
  readonly service: Float64Array;
  readonly batch: Float64Array;
  /** What became of it: {@link outcomes}. */
  readonly outcome: Uint8Array;
  /** Why requests failed, in the server's words; empty when none did. */
  readonly errors: readonly string[];
}

/** Answered; refused or broken off by the server; given up. */
export const outcomes = { answered: 1, failed: 2, timedOut: 3 } as const;

/** How far the generator is. */
export interface LoadProgress {
  /** Seconds since the load began, warm-up included, and how many there will be. */
  readonly elapsed: Seconds;
  readonly total: Seconds;
  readonly sent: number;
  readonly answered: number;
}
