import { dominates } from "@partitune/numerics";
import { expect, test } from "vitest";

test.each([
  [[1, 2], [1, 3], true],
  [[1, 2], [2, 3], true],
  [[1, 2], [1, 2], false],
  [[1, 3], [2, 2], false],
  [[2, 3], [1, 2], false],
  [[1], [2], true],
  [[Number.NEGATIVE_INFINITY, 0], [0, 0], true],
  [[1, Number.POSITIVE_INFINITY], [1, Number.POSITIVE_INFINITY], false],
  [[0, Number.NaN], [1, 1], false],
  [[0, 0], [1, Number.NaN], false],
] as const)("%j before %j: %s", (a, b, answer) => {
  expect(dominates(a, b)).toBe(answer);
});

test("points of different length cannot be compared", () => {
  expect(() => dominates([1], [1, 2])).toThrow("cannot compare 1 objectives with 2");
});
