import type { Seconds } from "@partitune/schema";

/** A minibatch that was run. Times are on the machine's monotonic clock. */
export interface Minibatch {
  /** The workload it was of. */
  readonly job: string;
  readonly task: "inference" | "background";
  /** Requests in it. */
  readonly size: number;
  /** How many of them, the first ones, had to wait for a later window because too many had come. */
  readonly putOff: number;
  /** When it could have run; when it was begun, for the background, which always could. */
  readonly ready: Seconds;
  readonly start: Seconds;
  readonly end: Seconds;
  /** Execution time as the engine measured it. */
  readonly service: Seconds;
}

/** What a server of turns tells of one inference beside its minibatches. */
export interface GatheredWindows {
  readonly job: string;
  readonly opened: Seconds;
  readonly closed: Seconds;
  /** Requests that came in it. */
  readonly came: number;
  /** Whether that was more than a minibatch holds. */
  readonly overflowed: boolean;
}
