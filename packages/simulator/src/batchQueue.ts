import type { Seconds } from "@partitune/schema";
import type { ArrivalTimes } from "./arrivalTimes.ts";

/** The requests of one station in order of arrival, looked at only as far ahead as one batch reaches. */
export interface BatchQueue {
  /** Arrival times, s; those from `head` on are not yet served. */
  readonly times: Float64Array;
  /** Index of the next request. Whoever serves a batch moves it on. */
  head: number;
  /** When the request at the head arrives, s; Infinity when none comes any more. */
  nextArrival(): Seconds;
  /**
   * When the next batch starts, given when the worker is free: at once if a full batch waits, else as soon as it is full or the worker has
   * waited `maxDelay` with a request before it. Infinity when no request comes any more.
   */
  nextStart(free: Seconds): Seconds;
  /** Requests in the batch that starts at the given time: all that have arrived, at most a full batch. Right after `nextStart`. */
  sizeAt(start: Seconds): number;
}

/** Requests made in one go; large enough to hide the cost of a refill, small enough for the cache. */
const chunk = 2048;

/** @param maxDelay  0 takes what is there */
export function batchQueue(arrivals: ArrivalTimes, maxBatch: number, maxDelay: Seconds): BatchQueue {
  return new Lookahead(arrivals, maxBatch, maxDelay);
}

class Lookahead implements BatchQueue {
  readonly times: Float64Array;
  head: number;
  readonly #arrivals: ArrivalTimes;
  readonly #maxBatch: number;
  readonly #maxDelay: Seconds;
  /** The last head from which a full batch can be seen. */
  readonly #lastHead: number;

  constructor(arrivals: ArrivalTimes, maxBatch: number, maxDelay: Seconds) {
    this.times = new Float64Array(chunk + maxBatch);
    this.head = this.times.length;
    this.#arrivals = arrivals;
    this.#maxBatch = maxBatch;
    this.#maxDelay = maxDelay;
    this.#lastHead = chunk;
  }

  nextArrival(): Seconds {
    if (this.head > this.#lastHead) this.#refill();
    return this.times[this.head]!;
  }

  nextStart(free: Seconds): Seconds {
    const first = this.nextArrival();
    const ready = first > free ? first : free;
    if (this.#maxDelay === 0) return ready;
    const full = this.times[this.head + this.#maxBatch - 1]!;
    return full <= ready ? ready : Math.min(full, ready + this.#maxDelay);
  }

  sizeAt(start: Seconds): number {
    const { times, head } = this;
    const end = head + this.#maxBatch;
    let next = head + 1;
    while (next < end && times[next]! <= start) next++;
    return next - head;
  }

  #refill(): void {
    this.times.copyWithin(0, this.head);
    const kept = this.times.length - this.head;
    this.head = 0;
    this.#arrivals.fill(this.times, kept);
  }
}
