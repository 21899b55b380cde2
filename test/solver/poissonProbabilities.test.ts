import { expect, test } from "vitest";
import { poissonProbabilities } from "../../packages/solver/src/poissonProbabilities.ts";

test("Poisson probabilities equal R's dpois", () => {
  // R: dpois(0:3, 2)
  const expected = [0.135335283236613, 0.270670566473225, 0.270670566473225, 0.180447044315484];
  const probabilities = poissonProbabilities(2);
  for (const [i, value] of expected.entries()) expect(probabilities[i]).toBeCloseTo(value, 12);
});

test("a mean of 2000, whose zero term underflows, still has the right mean and variance", () => {
  const probabilities = poissonProbabilities(2000);
  const mean = probabilities.reduce((sum, p, i) => sum + p * i, 0);
  const variance = probabilities.reduce((sum, p, i) => sum + p * (i - 2000) ** 2, 0);
  expect(mean).toBeCloseTo(2000, 6);
  expect(variance / 2000).toBeCloseTo(1, 9);
});

test("a mean of zero is certain to be zero", () => {
  expect(Array.from(poissonProbabilities(0)).map((p) => Math.round(p * 1e12) / 1e12)[0]).toBe(1);
});
