import { nearestRank } from "@partitune/numerics";
import fc from "fast-check";
import { expect, test } from "vitest";

// ⌈p n⌉, counted from 1, at least 1
const cases: readonly (readonly [number, number, number])[] = [
  [5, 0.1, 1],
  [5, 0.9, 5],
  [10, 0.1, 1],
  [10, 0.9, 9],
  [100, 0.07, 7], // 100 × 0.07 is 7.000000000000001
  [4, 0.5, 2],
  [3, 0, 1],
  [3, 1, 3],
  [1, 0.5, 1],
];

test.each(cases)("of %d samples the nearest rank of %d is %d", (n, p, rank) => {
  expect(
    nearestRank(
      Array.from({ length: n }, (_, i) => i + 1),
      p,
    ),
  ).toBe(rank);
});

test("the nearest rank is a sample and grows with p", () => {
  const part = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 1 }), part, part, (samples, p, q) => {
      const sorted = samples.toSorted((a, b) => a - b);
      expect(sorted).toContain(nearestRank(sorted, p));
      expect(nearestRank(sorted, Math.min(p, q))).toBeLessThanOrEqual(nearestRank(sorted, Math.max(p, q)));
    }),
  );
});

test("no samples, and parts beyond 0 and 1, are refused", () => {
  expect(() => nearestRank([], 0.5)).toThrow(RangeError);
  expect(() => nearestRank([1], 1.5)).toThrow("from 0 to 1, got 1.5");
  expect(() => nearestRank([1], Number.NaN)).toThrow(RangeError);
});
