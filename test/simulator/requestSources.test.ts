import { seededRandom } from "@partitune/numerics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { requestQueue } from "../../packages/simulator/src/requestQueue.ts";
import { type RequestSource, ratedSource } from "../../packages/simulator/src/requestSource.ts";
import { worstCaseSource } from "../../packages/simulator/src/worstCaseSource.ts";

/** All requests before a time. */
function takeUntil(source: RequestSource, end: number): number[] {
  const times: number[] = [];
  for (; source.next < end; source.advance()) times.push(source.next);
  return times;
}

describe("requests at rates that change", () => {
  const segments = [
    { until: 1, rate: 10 },
    { until: 2, rate: 0 },
    { until: 4, rate: 5 },
  ];

  test("come evenly within each stretch, not at all where the rate is 0, and end with the last", () => {
    const times = takeUntil(
      ratedSource(segments, () => 1, 0.5),
      100,
    );
    const expected = [0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95, 2.1, 2.3, 2.5, 2.7, 2.9];
    expect(times.slice(0, 15).map((time) => Math.round(time * 1e9) / 1e9)).toEqual(expected);
    expect(times).toHaveLength(20);
  });

  test("are as many as the rates say when their gaps are exponential", () => {
    const random = seededRandom("gaps");
    const long = segments.map(({ until, rate }) => ({ until: until * 5000, rate }));
    const times = takeUntil(
      ratedSource(long, () => random.exponential(1)),
      Number.POSITIVE_INFINITY,
    );
    const count = (from: number, to: number) => times.filter((time) => time >= from && time < to).length;
    expect(Math.abs(count(0, 5000) / 50_000 - 1)).toBeLessThan(0.02);
    expect(count(5000, 10_000)).toBe(0);
    expect(Math.abs(count(10_000, 20_000) / 50_000 - 1)).toBeLessThan(0.02);
  });
});

describe("requests at their worst", () => {
  test("never number more in a window than it may bring, and never leave it", () => {
    const placing = fc.constantFrom("opening" as const, "scattered" as const);
    fc.assert(
      fc.property(placing, fc.integer({ min: 1, max: 20 }), fc.integer(), (how, most, seed) => {
        const source = worstCaseSource(how, seededRandom(seed));
        for (let window = 0; window < 30; window++) {
          source.openWindow(window * 0.3, (window + 1) * 0.3, most);
          const times = takeUntil(source, (window + 1) * 0.3);
          expect(times.length).toBeLessThanOrEqual(most);
          expect(times.every((time, i) => time >= window * 0.3 && time >= (times[i - 1] ?? 0))).toBe(true);
          expect(source.next).toBe(Number.POSITIVE_INFINITY);
        }
      }),
    );
  });

  test("come evenly to a workload that is served when a minibatch is full, until its period ends", () => {
    const source = worstCaseSource("scattered", seededRandom(1));
    source.openStream(1, 2, 4);
    expect(takeUntil(source, 100)).toEqual([1, 1.25, 1.5, 1.75]);
  });
});

test("a queue hands requests out in their order, minibatch by minibatch, however many there were", () => {
  const queue = requestQueue();
  const served: number[] = [];
  for (let i = 0; i < 20_000; i++) {
    queue.add(i);
    if (i % 3 === 2) queue.take(2);
    if (i % 6 === 5) queue.serve(4, (arrival) => served.push(arrival));
  }
  expect(served).toEqual(Array.from({ length: served.length }, (_, i) => i));
  expect(queue.left()[0]).toBe(served.length);
  expect(queue.arrival(0)).toBe(13_332);
  expect(queue.gathered).toBe(20_000 - 13_332);
});
