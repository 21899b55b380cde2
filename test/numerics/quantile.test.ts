import { quantile, quantileIndex } from "@partitune/numerics";
import fc from "fast-check";
import { expect, test } from "vitest";

// MLPerf LoadGen: element ⌊n p⌋ from 0
const cases: readonly (readonly [number, number, number])[] = [
  [4, 0.5, 2],
  [5, 0.5, 2],
  [1000, 0.99, 990],
  [1000, 0.9, 900],
  [100, 0.29, 29], // 100 × 0.29 is 28.999999999999996
  [10, 0.1 + 0.2, 3],
  [3, 0, 0],
  [3, 1, 2],
  [1, 0.5, 0],
];

test.each(cases)("of %d samples the quantile %d is element %d", (n, p, index) => {
  expect(quantileIndex(n, p)).toBe(index);
});

test("the quantile is a sample and grows with p", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true }), { minLength: 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (samples, p, q) => {
        const sorted = Float64Array.from(samples).sort();
        expect(sorted).toContain(quantile(sorted, p));
        expect(quantile(sorted, Math.min(p, q))).toBeLessThanOrEqual(quantile(sorted, Math.max(p, q)));
      },
    ),
    { seed: 5 },
  );
});

test("nothing has no quantile, and p lies from 0 to 1", () => {
  expect(() => quantile([], 0.5)).toThrow("at least one sample");
  expect(() => quantile([1], -0.1)).toThrow(RangeError);
  expect(() => quantile([1], Number.NaN)).toThrow(RangeError);
});
