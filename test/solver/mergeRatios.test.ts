import fc from "fast-check";
import { expect, test } from "vitest";
import { mergeRatios } from "../../packages/solver/src/mergeRatios.ts";

test("merged nodes keep mean and variance, and are as few as asked", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.5, max: 3, noNaN: true }), { minLength: 1, maxLength: 120 }),
      fc.integer({ min: 2, max: 12 }),
      (quantiles, most) => {
        const { ratios, weights } = mergeRatios(quantiles, most);
        const moment = (f: (ratio: number) => number) =>
          ratios.reduce((sum, ratio, j) => sum + weights[j]! * f(ratio), 0);
        const mean = quantiles.reduce((sum, ratio) => sum + ratio, 0) / quantiles.length;
        const variance = quantiles.reduce((sum, ratio) => sum + (ratio - mean) ** 2, 0) / quantiles.length;
        expect(ratios.length).toBeLessThanOrEqual(most);
        expect(moment(() => 1)).toBeCloseTo(1, 9);
        expect(moment((ratio) => ratio)).toBeCloseTo(mean, 9);
        if (ratios.length > 1) expect(moment((ratio) => (ratio - mean) ** 2)).toBeCloseTo(variance, 6);
      },
    ),
    { seed: 1, numRuns: 100 },
  );
});

test("times that do not vary are one node", () => {
  const { ratios, weights } = mergeRatios([1, 1, 1], 6);
  expect([Array.from(ratios), Array.from(weights)]).toEqual([[1], [1]]);
});

test("a rare slow batch stays a node of its own", () => {
  const quantiles = [...Array.from({ length: 99 }, (_, i) => 0.98 + i * 0.0004), 5];
  const { ratios, weights } = mergeRatios(quantiles, 6);
  expect(ratios[ratios.length - 1]).toBeCloseTo(5, 1);
  expect(weights[weights.length - 1]).toBeCloseTo(0.01, 12);
});
