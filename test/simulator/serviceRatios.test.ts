import { seededRandom } from "@partitune/numerics";
import { expect, it } from "vitest";
import { serviceRatios } from "../../packages/simulator/src/serviceRatios.ts";

it("one quantile is always drawn, without using a random number", () => {
  const random = seededRandom(1);
  expect(serviceRatios(Float64Array.of(1.25), random)()).toBe(1.25);
  expect(random.next()).toBe(seededRandom(1).next());
});

it("draws lie between the outermost quantiles, linear between neighbours", () => {
  // Quantiles 0.5, 1, 2 at 1/6, 3/6, 5/6: mean = 0.5/6 + 0.75/3 + 1.5/3 + 2/6, P(x ≤ 1) = 1/2, P(x ≤ 1.5) = 2/3.
  const draw = serviceRatios(Float64Array.of(0.5, 1, 2), seededRandom(7));
  const draws = Array.from({ length: 60_000 }, draw);
  const part = (limit: number): number => draws.filter((value) => value <= limit).length / draws.length;
  expect(Math.min(...draws)).toBe(0.5);
  expect(Math.max(...draws)).toBe(2);
  expect(part(0.5)).toBeCloseTo(1 / 6, 2);
  expect(part(1)).toBeCloseTo(1 / 2, 2);
  expect(part(1.5)).toBeCloseTo(2 / 3, 2);
  expect(draws.reduce((a, b) => a + b) / draws.length).toBeCloseTo(7 / 6, 2);
});
