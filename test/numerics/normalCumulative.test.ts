import { normalCumulative } from "@partitune/numerics";
import fc from "fast-check";
import { expect, test } from "vitest";

// mpmath, 30 digits
const cases: readonly (readonly [number, number])[] = [
  [-10, 7.619853024160525e-24],
  [-5, 2.866515718791939e-7],
  [-2.6, 0.004661188023718749],
  [-2.5, 0.006209665325776135],
  [-2.4, 0.008197535924596131],
  [-1.96, 0.024997895148220435],
  [-1, 0.15865525393145705],
  [0, 0.5],
  [1, 0.8413447460685429],
  [1.96, 0.9750021048517795],
  [8, 0.9999999999999994],
];

test.each(cases)("at %d it agrees with mpmath", (z, probability) => {
  expect(Math.abs(normalCumulative(z) / probability - 1)).toBeLessThan(1e-13);
});

test("it is symmetric, and 0 and 1 at the ends", () => {
  fc.assert(
    fc.property(fc.double({ min: -40, max: 40, noNaN: true }), (z) => {
      expect(normalCumulative(z) + normalCumulative(-z)).toBeCloseTo(1, 14);
    }),
    { seed: 6 },
  );
  expect([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY].map(normalCumulative)).toEqual([0, 1]);
  expect(normalCumulative(Number.NaN)).toBeNaN();
});
