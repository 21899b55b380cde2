import { cumulativeMaximum, interpolate } from "@partitune/numerics";
import fc from "fast-check";
import { expect, test } from "vitest";

test.each([
  [0, 10],
  [1, 10],
  [1.5, 15],
  [2, 20],
  [3, 25],
  [4, 30],
  [9, 30],
])("through (1, 10), (2, 20), (4, 30) the value at %d is %d", (x, y) => {
  expect(interpolate([1, 2, 4], [10, 20, 30], x)).toBeCloseTo(y, 14);
});

test("it passes through every knot exactly and stays between neighbours", () => {
  const knots = fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(knots, fc.double({ min: -1100, max: 1100, noNaN: true }), (unsorted, x) => {
      const sorted = [...unsorted].sort((a, b) => a - b);
      const values = sorted.map((knot) => Math.sin(knot));
      sorted.forEach((knot, i) => {
        expect(interpolate(sorted, values, knot)).toBe(values[i]);
      });
      const y = interpolate(sorted, values, x);
      const right = sorted.findIndex((knot) => knot >= x);
      const ends = right < 0 ? [values.at(-1)!] : [values[Math.max(0, right - 1)]!, values[right]!];
      expect(y).toBeGreaterThanOrEqual(Math.min(...ends) - 1e-12);
      expect(y).toBeLessThanOrEqual(Math.max(...ends) + 1e-12);
    }),
    { seed: 8 },
  );
});

test("knots and values must match, and the place be a number", () => {
  expect(() => interpolate([], [], 1)).toThrow(RangeError);
  expect(() => interpolate([1, 2], [1], 1)).toThrow("as many values as knots");
  expect(() => interpolate([1], [1], Number.NaN)).toThrow("NaN");
});

test("the cumulative maximum never falls", () => {
  expect([...cumulativeMaximum([1, 3, 2, 4])]).toEqual([1, 3, 3, 4]);
  expect([...cumulativeMaximum([])]).toEqual([]);
});
