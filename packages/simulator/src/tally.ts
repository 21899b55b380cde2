import { type StreamingQuantiles, streamingQuantiles } from "@partitune/numerics";
import type { Seconds } from "@partitune/schema";
import type { BatchQueue } from "./batchQueue.ts";
import type { Station, Window } from "./station.ts";

/**
 * Sections that the window is cut into, by arrival time. The spread between sections tells how far neighbouring requests share their fate.
 * A power of two, so that neighbours can be joined while they are still alike.
 */
export const sectionCount = 32;

/** Two times that differ by less, relatively, are one: the time a worker is free is a sum. */
const rounding = 1e-12;

/** What is remembered of one station's run: counts, sums and sketches, however many requests there were. */
export interface Tally {
  readonly window: Window;
  /** Response times of the window's requests, one sketch per section. */
  readonly sections: readonly StreamingQuantiles[];
  /** Batches of size k started in the window, at index k; index 0 is unused. */
  readonly batchCounts: Float64Array;
  /** Sum over the window's requests of the execution time of their batch. */
  readonly serviceSum: Seconds;
  /** Requests completed inside the window, whenever they arrived. */
  readonly completed: number;
  /** Time inside the window in which the worker was occupied. */
  readonly busy: Seconds;
  /** Requests of the window that were given up. */
  readonly failed: number;
  /** True when the backlog was still growing at the end. */
  readonly saturated: boolean;
}

/** A tally that is still written. */
export interface OpenTally extends Tally {
  /**
   * Counts the batch at the queue's head.
   *
   * @param size  requests in it
   * @param start  when it started
   * @param service  how long it took to answer
   * @param occupancy  how long until the worker was free again
   */
  record(queue: BatchQueue, size: number, start: Seconds, service: Seconds, occupancy: Seconds): void;
  /** Counts the queue's remaining requests of the window as failed. */
  giveUp(queue: BatchQueue): void;
}

/** Starts the tally of one station's run. */
export function openTally(station: Station, window: Window): OpenTally {
  return new StationTally(station, window);
}

class StationTally implements OpenTally {
  readonly window: Window;
  readonly sections = Array.from({ length: sectionCount }, () => streamingQuantiles());
  readonly batchCounts: Float64Array;
  serviceSum = 0;
  completed = 0;
  busy = 0;
  failed = 0;
  readonly #middle: Seconds;
  readonly #fullOccupancy: Seconds;
  #section = -1;
  /** Where the current section ends. What arrives before or after the window goes to a sketch that nobody reads. */
  #border: Seconds;
  readonly #outside = streamingQuantiles();
  #sketch = this.#outside;
  #free = 0;
  /** When the station last had caught up: a batch that was not full, or a worker that had to wait for it. */
  #lastSlack = Number.NEGATIVE_INFINITY;
  #waitAtMiddle = Number.NaN;
  #waitAtEnd = Number.NaN;

  constructor(station: Station, window: Window) {
    this.window = window;
    this.batchCounts = new Float64Array(station.maxBatch + 1);
    this.#fullOccupancy = station.occupancy[station.maxBatch]!;
    this.#middle = (window.start + window.end) / 2;
    this.#border = window.start;
  }

  /**
   * In a stable station the worker now and then waits for work or takes less than a full batch. Where it has not in the whole second half,
   * and requests wait longer at its end than at its beginning, the backlog grows.
   */
  get saturated(): boolean {
    if (this.failed > 0) return true;
    return this.#lastSlack < this.#middle && this.#waitAtEnd - this.#waitAtMiddle > this.#fullOccupancy;
  }

  record(queue: BatchQueue, size: number, start: Seconds, service: Seconds, occupancy: Seconds): void {
    const { times, head } = queue;
    for (let i = head; i < head + size; i++) {
      const arrival = times[i]!;
      if (arrival >= this.#border) this.#enterSection(arrival);
      this.#sketch.add(start - arrival + service); // in this order a request that did not wait keeps its service time to the last bit
    }
    this.#watchBacklog(times[head]!, size, start);
    this.#recordService(queue, size, service);
    this.#recordWorker(size, start, start + service, start + occupancy);
  }

  giveUp(queue: BatchQueue): void {
    for (; queue.nextArrival() < this.window.end; queue.head++) {
      if (queue.times[queue.head]! >= this.window.start) this.failed++;
    }
  }

  #enterSection(arrival: Seconds): void {
    const { start, end } = this.window;
    while (arrival >= this.#border) {
      this.#section++;
      const part = (this.#section + 1) / sectionCount;
      this.#border = part <= 1 ? start + part * (end - start) : Number.POSITIVE_INFINITY;
    }
    this.#sketch = this.sections[this.#section] ?? this.#outside;
  }

  #watchBacklog(first: Seconds, size: number, start: Seconds): void {
    if (start - this.#free > rounding * start || size < this.batchCounts.length - 1) this.#lastSlack = start;
    if (first >= this.window.end) return;
    this.#waitAtEnd = start - first;
    if (first >= this.#middle && Number.isNaN(this.#waitAtMiddle)) this.#waitAtMiddle = start - first;
  }

  #recordService({ times, head }: BatchQueue, size: number, service: Seconds): void {
    const { start, end } = this.window;
    const whole = times[head]! >= start && times[head + size - 1]! < end;
    this.serviceSum += service * (whole ? size : countBetween(times.subarray(head, head + size), start, end));
  }

  #recordWorker(size: number, start: Seconds, answered: Seconds, free: Seconds): void {
    const { window } = this;
    this.#free = free;
    if (answered >= window.start && answered < window.end) this.completed += size;
    if (start >= window.start && start < window.end) this.batchCounts[size]! += 1;
    this.busy += Math.max(0, Math.min(free, window.end) - Math.max(start, window.start));
  }
}

function countBetween(times: Float64Array, start: Seconds, end: Seconds): number {
  return times.filter((time) => time >= start && time < end).length;
}
