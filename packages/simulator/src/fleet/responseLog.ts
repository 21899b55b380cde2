import type { Seconds } from "@partitune/schema";
import type { Answered, MemberLog } from "./roomLog.ts";

/** Every request of one service, one by one. */
export interface ResponseLog {
  /** Requests answered. */
  readonly count: number;
  /** When each arrived, in the order of answers, at 0 … count − 1. */
  readonly arrivals: Float64Array;
  /** How long its answer took. */
  readonly responses: Float64Array;
  /** 1 for the first request of a batch, 0 for the others. */
  readonly firsts: Uint8Array;
  /** When those arrived that were never answered. */
  readonly failures: readonly Seconds[];
}

/** A log that members write. */
export interface OpenResponseLog extends ResponseLog, MemberLog {}

/** Starts the log of one service. Memory grows with its requests. */
export function openResponseLog(): OpenResponseLog {
  return new Log();
}

class Log implements OpenResponseLog {
  count = 0;
  arrivals = new Float64Array(1024);
  responses = new Float64Array(1024);
  firsts = new Uint8Array(1024);
  readonly failures: Seconds[] = [];

  answered({ arrivals, size, start, service }: Answered): void {
    while (this.count + size > this.arrivals.length) this.#grow();
    for (let i = 0; i < size; i++) {
      this.arrivals[this.count] = arrivals[i]!;
      this.responses[this.count] = start - arrivals[i]! + service;
      this.firsts[this.count++] = i === 0 ? 1 : 0;
    }
  }

  givenUp(arrival: Seconds): void {
    this.failures.push(arrival);
  }

  started(): void {}

  worked(): void {}

  #grow(): void {
    const length = 2 * this.arrivals.length;
    this.arrivals = grown(this.arrivals, new Float64Array(length));
    this.responses = grown(this.responses, new Float64Array(length));
    this.firsts = grown(this.firsts, new Uint8Array(length));
  }
}

function grown<A extends Float64Array | Uint8Array>(old: A, larger: A): A {
  larger.set(old);
  return larger;
}
