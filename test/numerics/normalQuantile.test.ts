import { normalCumulative, normalQuantile } from "@partitune/numerics";
import fc from "fast-check";
import { expect, test } from "vitest";

// R: qnorm(p)
test.each([
  [0.5, 0],
  [0.975, 1.959963984540054],
  [0.001, -3.090232306167813],
  [1e-10, -6.361340902404056],
  [0.9, 1.2815515655446004],
])("with probability %d a standard normal number stays below %d", (p, z) => {
  expect(normalQuantile(p)).toBeCloseTo(z, 12);
});

test("certainty is infinitely far away, and no probability has no quantile", () => {
  expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
  expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
  expect(() => normalQuantile(-0.1)).toThrow(RangeError);
  expect(() => normalQuantile(Number.NaN)).toThrow("got NaN");
});

test("it undoes the cumulative distribution", () => {
  fc.assert(
    fc.property(fc.double({ min: -8, max: 5, noNaN: true }), (z) => {
      expect(normalQuantile(normalCumulative(z))).toBeCloseTo(z, 8);
    }),
  );
});
