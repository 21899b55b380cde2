import type { Seconds } from "@partitune/schema";

/** A batch that was answered; good until the next one. */
export interface Answered {
  /** Arrival times of its requests, at 0 … size − 1. */
  readonly arrivals: Float64Array;
  readonly size: number;
  readonly start: Seconds;
  /** How long it took to answer. */
  readonly service: Seconds;
}

/** What is remembered of one member. */
export interface MemberLog {
  /** A batch was answered. */
  answered(batch: Answered): void;
  /**
   * A batch was started.
   *
   * @param first  when its first request arrived
   * @param caughtUp  whether nothing was left waiting
   */
  started(start: Seconds, size: number, first: Seconds, caughtUp: boolean): void;
  /** Some process of the member worked throughout. */
  worked(since: Seconds, until: Seconds): void;
  /** A request was never answered. */
  givenUp(arrival: Seconds): void;
}

/** What is remembered of one room. */
export interface RoomLog {
  /** Some process of the room worked throughout. */
  worked(since: Seconds, until: Seconds): void;
  readonly members: readonly MemberLog[];
}
