import { binomialAtLeast, binomialAtMost, binomialProbability } from "@partitune/numerics";
import { expect, test } from "vitest";

// mpmath, 30 digits: [k, n, p, P(B = k), P(B ≤ k)]
const cases: readonly (readonly [number, number, number, number, number])[] = [
  [0, 10, 0.3, 0.028247524900000005, 0.028247524900000005],
  [3, 10, 0.3, 0.266827932, 0.6496107184000001],
  [10, 10, 0.3, 5.9048999999999975e-6, 1],
  [500, 1000, 0.5, 0.025225018178360804, 0.5126125090891804],
  [8900, 10_000, 0.9, 5.765096321272952e-5, 0.0005299417355567726],
  [9_989_742, 10_000_000, 0.999, 0.00014487884315855925, 0.005128880024087766],
  [1, 662, 0.01, 0.008624255581201185, 0.009913985645459368],
  [250, 100_000, 0.0025, 0.025254504016653984, 0.5168123023853941],
];

test.each(cases)("%d of %d at p = %d: probability and cumulative agree with mpmath", (k, n, p, exactly, atMost) => {
  expect(Math.abs(binomialProbability(k, n, p) / exactly - 1)).toBeLessThan(1e-9);
  expect(Math.abs(binomialAtMost(k, n, p) / atMost - 1)).toBeLessThan(1e-9);
  expect(binomialAtLeast(k + 1, n, p)).toBeCloseTo(1 - atMost, 12);
});

test("probabilities add up to the cumulative ones, and to 1", () => {
  for (const [n, p] of [
    [1, 0.5],
    [7, 0.2],
    [40, 0.93],
  ] as const) {
    let sum = 0;
    for (let k = 0; k <= n; k++) {
      expect(binomialAtLeast(k, n, p)).toBeCloseTo(1 - sum, 13);
      sum += binomialProbability(k, n, p);
      expect(binomialAtMost(k, n, p)).toBeCloseTo(sum, 13);
    }
    expect(sum).toBeCloseTo(1, 13);
  }
});

test("impossible and certain counts", () => {
  expect([binomialAtMost(-1, 5, 0.5), binomialAtMost(5, 5, 0.5)]).toEqual([0, 1]);
  expect([binomialAtLeast(0, 5, 0.5), binomialAtLeast(6, 5, 0.5)]).toEqual([1, 0]);
  expect([binomialProbability(0, 5, 0), binomialProbability(5, 5, 1), binomialProbability(4, 5, 1)]).toEqual([1, 1, 0]);
  expect([binomialAtMost(2, 5, 0), binomialAtMost(2, 5, 1)]).toEqual([1, 0]);
  expect(binomialProbability(6, 5, 0.5)).toBe(0);
});
