import { expect, test } from "vitest";
import { thinkGaps } from "../../../packages/profiler/src/overlap/thinkGaps.ts";

test("a host waits after every n-th operator, never after the last", () => {
  expect(thinkGaps({ every: 2, mean: 500, spread: 0 }, 6, "a", 0)).toEqual([0, 500, 0, 500, 0, 0]);
});

test("waits spread around their mean, and the same step has the same waits", () => {
  const spread = { every: 1, mean: 1000, spread: 0.5 };
  const waits = thinkGaps(spread, 1001, "a", 3);
  expect(waits).toEqual(thinkGaps(spread, 1001, "a", 3));
  expect(waits).not.toEqual(thinkGaps(spread, 1001, "a", 4));
  expect(waits).not.toEqual(thinkGaps(spread, 1001, "b", 3));
  const within = waits.slice(0, -1);
  expect(Math.min(...within)).toBeGreaterThanOrEqual(500);
  expect(Math.max(...within)).toBeLessThanOrEqual(1500);
  expect(within.reduce((sum, wait) => sum + wait, 0) / 1000).toBeCloseTo(1000, -2);
});

test.each([
  [{ every: 0, mean: 1, spread: 0 }, "operators between waits"],
  [{ every: 1, mean: -1, spread: 0 }, "length of a wait"],
  [{ every: 1, mean: 1, spread: 2 }, "spread of waits"],
])("%j is refused", (think, what) => {
  expect(() => thinkGaps(think, 3, "a", 0)).toThrow(what);
});
