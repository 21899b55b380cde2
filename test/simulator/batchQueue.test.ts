import { seededRandom } from "@partitune/numerics";
import { describe, expect, it } from "vitest";
import { arrivalTimes } from "../../packages/simulator/src/arrivalTimes.ts";
import { type BatchQueue, batchQueue } from "../../packages/simulator/src/batchQueue.ts";

function queueOf(times: readonly number[], maxBatch: number, maxDelay: number): BatchQueue {
  return batchQueue(arrivalTimes({ kind: "recorded", times, repeat: false }, seededRandom(1)), maxBatch, maxDelay);
}

function nextBatch(queue: BatchQueue, free: number): { start: number; size: number } {
  const start = queue.nextStart(free);
  return { start, size: queue.sizeAt(start) };
}

describe("a worker that does not wait for company", () => {
  it("starts when the first request arrives", () => {
    expect(nextBatch(queueOf([2, 3, 4], 4, 0), 0)).toEqual({ start: 2, size: 1 });
  });

  it("takes what has arrived when it becomes free, up to a full batch", () => {
    expect(nextBatch(queueOf([2, 3, 4, 5], 4, 0), 4)).toEqual({ start: 4, size: 3 });
    expect(nextBatch(queueOf([2, 3, 4, 5], 2, 0), 4)).toEqual({ start: 4, size: 2 });
  });

  it("takes requests that arrive together in one batch", () => {
    expect(nextBatch(queueOf([2, 2, 2], 2, 0), 0)).toEqual({ start: 2, size: 2 });
  });
});

describe("a worker that waits for a full batch", () => {
  it("starts as soon as the batch is full", () => {
    expect(nextBatch(queueOf([2, 3, 4], 3, 10), 0)).toEqual({ start: 4, size: 3 });
  });

  it("gives up waiting after the delay, counted from when it was free and had a request", () => {
    expect(nextBatch(queueOf([2, 3, 9], 3, 1.5), 0)).toEqual({ start: 3.5, size: 2 });
    expect(nextBatch(queueOf([2, 3, 9], 3, 1.5), 5)).toEqual({ start: 6.5, size: 2 });
  });

  it("does not wait when a full batch is there already", () => {
    expect(nextBatch(queueOf([2, 3, 4], 3, 10), 7)).toEqual({ start: 7, size: 3 });
  });
});

it("a queue that is used up never starts again", () => {
  const queue = queueOf([1], 4, 3);
  expect(nextBatch(queue, 0)).toEqual({ start: 4, size: 1 });
  queue.head += 1;
  expect(queue.nextArrival()).toBe(Number.POSITIVE_INFINITY);
  expect(queue.nextStart(4)).toBe(Number.POSITIVE_INFINITY);
});
