import { meanHalfUp } from "@partitune/numerics";
import { expect, test } from "vitest";

test.each([
  [[1, 2], 2],
  [[1, 1, 2], 1],
  [[1, 2, 2], 2],
  [[0, 0, 0, 2], 1],
  [[7], 7],
  [[3_000_000_000_000, 3_000_000_000_001], 3_000_000_000_001],
] as const)("the mean of %j is rounded half up to %d", (samples, mean) => {
  expect(meanHalfUp(samples)).toBe(mean);
});

test("no samples have no mean", () => {
  expect(() => meanHalfUp([])).toThrow(RangeError);
});
