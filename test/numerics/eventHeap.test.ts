import { eventHeap, seededRandom } from "@partitune/numerics";
import fc from "fast-check";
import { expect, test } from "vitest";

test("events come by time, then priority, then the order in which they were pushed", () => {
  const heap = eventHeap();
  heap.push(2, 1);
  heap.push(1, 2, 1);
  heap.push(1, 3);
  heap.push(1, 4);
  heap.push(1, 5, -1);
  expect(Array.from({ length: 5 }, () => heap.pop())).toEqual([5, 3, 4, 2, 1]);
  expect(heap.size).toBe(0);
});

test("any mix of pushes and pops agrees with a sorted list", () => {
  const event = fc.record({
    time: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ noNaN: true })),
    priority: fc.integer({ min: -100, max: 100 }),
  });
  fc.assert(
    fc.property(fc.array(fc.option(event), { maxLength: 200 }), (steps) => {
      const heap = eventHeap(1);
      const list: { time: number; priority: number; payload: number }[] = [];
      steps.forEach((step, payload) => {
        if (step !== null) {
          heap.push(step.time, payload, step.priority);
          list.push({ ...step, payload });
        } else if (list.length > 0) {
          list.sort((a, b) => compare(a.time, b.time) || a.priority - b.priority || a.payload - b.payload);
          const next = list.shift()!;
          expect(heap.nextTime === next.time).toBe(true);
          expect(heap.pop()).toBe(next.payload);
          expect(heap.time === next.time && heap.priority === next.priority).toBe(true);
        }
        expect(heap.size).toBe(list.length);
      });
    }),
    { seed: 1, numRuns: 200 },
  );
});

test("ten thousand events come out sorted while the heap grows from one", () => {
  const heap = eventHeap(1);
  const random = seededRandom("events");
  const times = Array.from({ length: 10_000 }, () => random.next());
  times.forEach((time, i) => {
    heap.push(time, i);
  });
  const sorted = [...times].sort((a, b) => a - b);
  for (const time of sorted) {
    expect(times[heap.pop()]).toBe(time);
    expect(heap.time).toBe(time);
  }
});

test("an empty heap knows no next event and refuses to pop", () => {
  const heap = eventHeap();
  expect(heap.nextTime).toBe(Number.POSITIVE_INFINITY);
  expect(heap.time).toBe(Number.NEGATIVE_INFINITY);
  expect(() => heap.pop()).toThrow("no event to pop");
});

test("clearing forgets the events", () => {
  const heap = eventHeap();
  heap.push(3, 1);
  heap.pop();
  heap.push(4, 2);
  heap.clear();
  expect([heap.size, heap.time, heap.nextTime]).toEqual([0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
});

test("what cannot be ordered is refused", () => {
  const heap = eventHeap();
  expect(() => heap.push(Number.NaN, 0)).toThrow("must be a number");
  expect(() => heap.push(1, 0, 101)).toThrow("priority");
  expect(() => heap.push(1, 0, 0.5)).toThrow("priority");
  expect(() => eventHeap(0)).toThrow(RangeError);
});

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
