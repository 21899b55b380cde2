import { quantileRanks } from "@partitune/numerics";
import fc from "fast-check";
import { expect, test } from "vitest";

// published table of 99 % ranks, from the binomial quantiles: [n, p, lower, upper]
const table: readonly (readonly [number, number, number, number])[] = [
  [30, 0.5, 8, 23],
  [100, 0.5, 37, 64],
  [1000, 0.5, 459, 542],
  [1000, 0.9, 875, 925],
  [1000, 0.99, 981, 998],
  [5000, 0.99, 4931, 4968],
  [10_000, 0.99, 9873, 9926],
  [10_000, 0.999, 9981, 9998],
];

test.each(table)("%d samples bound the quantile %d by ranks %d and %d", (n, p, lower, upper) => {
  expect(quantileRanks(n, p)).toEqual({ lower, upper });
});

// mpmath: P(B ≤ 9989741) = 0.00499 < 0.005 < P(B ≤ 9989742) = 0.00513; the median is symmetric: l + u = n + 1
test("ten million samples are no obstacle", () => {
  expect(quantileRanks(10_000_000, 0.999)).toEqual({ lower: 9_989_742, upper: 9_990_258 });
  const median = quantileRanks(10_000_000, 0.5);
  expect(median.lower! + median.upper!).toBe(10_000_001);
  expect(median.lower).toBe(Math.floor(5e6 - 2.5758293035489 * Math.sqrt(2.5e6) + 0.5));
});

test("sides that the samples cannot bound stay open", () => {
  expect(quantileRanks(0, 0.5)).toEqual({ lower: undefined, upper: undefined });
  expect(quantileRanks(7, 0.5)).toEqual({ lower: undefined, upper: undefined });
  expect(quantileRanks(8, 0.5)).toEqual({ lower: 1, upper: 8 });
  expect(quantileRanks(527, 0.99).upper).toBeUndefined();
  expect(quantileRanks(528, 0.99).upper).toBe(528);
  expect(quantileRanks(100, 0.01).lower).toBeUndefined();
});

test("a probability that meets the risk exactly counts as met: (1/2)² = (1 − 1/2)/2", () => {
  expect(quantileRanks(2, 0.5, 0.5)).toEqual({ lower: 1, upper: 2 });
});

test("ranks agree with a sum of binomial probabilities from Pascal's triangle", () => {
  const arguments_ = [
    fc.integer({ min: 1, max: 60 }),
    fc.double({ min: 0.01, max: 0.99 }),
    fc.constantFrom(0.5, 0.9, 0.99),
  ];
  fc.assert(
    fc.property(
      ...(arguments_ as [fc.Arbitrary<number>, fc.Arbitrary<number>, fc.Arbitrary<number>]),
      (n, p, confidence) => {
        let row = [1];
        for (let i = 0; i < n; i++) {
          row = Array.from({ length: i + 2 }, (_, k) => (row[k] ?? 0) * (1 - p) + (row[k - 1] ?? 0) * p);
        }
        const risk = (1 - confidence) / 2;
        const atMost = (k: number) => row.slice(0, k + 1).reduce((a, b) => a + b, 0);
        const atLeast = (k: number) => row.slice(k).reduce((a, b) => a + b, 0);
        const ranks = Array.from({ length: n }, (_, i) => i + 1);
        const lower = ranks.filter((l) => atMost(l - 1) <= risk).at(-1);
        const upper = ranks.find((u) => atLeast(u) <= risk);
        expect(quantileRanks(n, p, confidence)).toEqual({ lower, upper });
      },
    ),
    { seed: 3, numRuns: 300 },
  );
});

test("more confidence never narrows the ranks", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (n, p) => {
      const narrow = quantileRanks(n, p, 0.9);
      const wide = quantileRanks(n, p, 0.99);
      expect(wide.lower ?? 0).toBeLessThanOrEqual(narrow.lower ?? 0);
      expect(wide.upper ?? n + 1).toBeGreaterThanOrEqual(narrow.upper ?? n + 1);
    }),
    { seed: 4, numRuns: 100 },
  );
});

test("arguments out of range are refused", () => {
  expect(() => quantileRanks(10, 0)).toThrow(RangeError);
  expect(() => quantileRanks(10, 1)).toThrow(RangeError);
  expect(() => quantileRanks(10, 0.5, 1)).toThrow("confidence");
  expect(() => quantileRanks(1.5, 0.5)).toThrow("whole number");
});
