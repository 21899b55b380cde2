import type { Seconds } from "@partitune/schema";

/** Requests of one inference workload that are not yet served, oldest first: first those in ready minibatches, then the rest. */
export interface RequestQueue {
  /** Requests that are in no minibatch yet. */
  readonly gathered: number;
  add(arrival: Seconds): void;
  /** Arrival of the i-th request that is in no minibatch yet, from 0. */
  arrival(i: number): Seconds;
  /** Puts the oldest of them into a minibatch. */
  take(count: number): void;
  /** Hands out the arrivals of the oldest minibatch's requests. */
  serve(count: number, each: (arrival: Seconds, i: number) => void): void;
  /** Everything that is left, oldest first. */
  left(): readonly Seconds[];
}

const roomToSpare = 4096;

export function requestQueue(): RequestQueue {
  let times: number[] = [];
  let head = 0;
  let taken = 0;
  return {
    get gathered() {
      return times.length - taken;
    },
    add: (arrival) => {
      times.push(arrival);
    },
    arrival: (i) => times[taken + i]!,
    take: (count) => {
      taken += count;
    },
    serve(count, each) {
      for (let i = 0; i < count; i++) each(times[head + i]!, i);
      head += count;
      if (head < roomToSpare) return;
      times = times.slice(head);
      taken -= head;
      head = 0;
    },
    left: () => times.slice(head),
  };
}
