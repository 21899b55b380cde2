import { expect, test } from "vitest";
import { stationaryDistribution } from "../../packages/solver/src/stationaryDistribution.ts";

test("a birth-death chain has the product-form distribution", () => {
  // Detailed balance: up 0.2, down 0.4, so each level has half the probability of the one below.
  const rows = [
    [0.8, 0.2, 0, 0],
    [0.4, 0.4, 0.2, 0],
    [0, 0.4, 0.4, 0.2],
    [0, 0, 0.4, 0.6],
  ].map((row) => Float64Array.from(row));
  const expected = [8, 4, 2, 1].map((weight) => weight / 15);
  const found = stationaryDistribution(rows);
  for (const [i, p] of expected.entries()) expect(found[i]).toBeCloseTo(p, 14);
});

test("states that are never reached get probability zero", () => {
  const rows = [
    [0, 1, 0],
    [0, 0.5, 0.5],
    [0, 0.25, 0.75],
  ].map((row) => Float64Array.from(row));
  const [first, second, third] = stationaryDistribution(rows);
  expect(first).toBe(0);
  expect(second).toBeCloseTo(1 / 3, 14);
  expect(third).toBeCloseTo(2 / 3, 14);
});
