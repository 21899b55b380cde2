import { mannKendall, seededRandom } from "@partitune/numerics";
import fc from "fast-check";
import { expect, test } from "vitest";

test("four rising samples: 2 of the 24 orders are as extreme", () => {
  const { score, pValue } = mannKendall([1, 2, 3, 4]);
  expect(score).toBe(6);
  expect(pValue).toBeCloseTo(2 / 24, 15);
});

test("without ties p is exact, as SciPy's kendalltau(method='exact')", () => {
  const { score, pValue } = mannKendall([3, 1, 4, 2, 6, 5, 8, 7, 10, 9]);
  expect(score).toBe(33);
  expect(pValue).toBeCloseTo(0.002212852733686067, 15);
});

test("with ties score, variance and p agree with pymannkendall", () => {
  const trend = mannKendall([1, 2, 2, 3, 3, 3, 5, 4, 6, 6, 7, 5, 8, 9, 9]);
  expect(trend.score).toBe(90);
  expect(trend.variance).toBeCloseTo(400.6666666666667, 10);
  expect(trend.pValue / 8.736343088067144e-6).toBeCloseTo(1, 9);
});

test("at 50 samples, where the normal p takes over, it is near the exact one", () => {
  const random = seededRandom("meeting");
  const samples = Array.from({ length: 50 }, (_, i) => i / 60 + random.normal());
  const exact = mannKendall(samples);
  const z = (Math.abs(exact.score) - 1) / Math.sqrt(exact.variance);
  expect(exact.pValue).toBeGreaterThan(0.001);
  expect(exact.pValue / normalTwoSided(z)).toBeCloseTo(1, 1);
});

test("the score is the sum of the signs of all pairs", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 80 }), (samples) => {
      let score = 0;
      samples.forEach((x, i) => {
        for (const y of samples.slice(i + 1)) score += Math.sign(y - x);
      });
      const found = mannKendall(samples);
      expect(found.score).toBe(score);
      expect(mannKendall(samples.map((x) => -x)).pValue).toBeCloseTo(found.pValue, 12);
      expect(found.pValue).toBeGreaterThanOrEqual(0);
      expect(found.pValue).toBeLessThanOrEqual(1);
    }),
    { seed: 7 },
  );
});

test.each([12, 100])("without a trend, %d samples raise a false alarm as rarely as the level says", (n) => {
  const random = seededRandom(`false alarms ${n}`);
  let alarms = 0;
  for (let run = 0; run < 2000; run++) {
    if (mannKendall(Array.from({ length: n }, () => random.exponential(1))).pValue <= 0.05) alarms++;
  }
  expect(alarms / 2000).toBeGreaterThan(0.03);
  expect(alarms / 2000).toBeLessThan(0.065);
});

test("too few or equal samples show no trend", () => {
  expect(mannKendall([]).pValue).toBe(1);
  expect(mannKendall([1]).pValue).toBe(1);
  expect(mannKendall([1, 2]).pValue).toBe(1);
  expect(mannKendall([4, 4, 4, 4, 4]).pValue).toBe(1);
});

/** Two-sided normal tail by the trapezoid rule, to share no code with the source. */
function normalTwoSided(z: number): number {
  let sum = 0;
  const step = 1e-3;
  for (let x = z; x < 10; x += step) sum += (Math.exp((-x * x) / 2) + Math.exp(-((x + step) ** 2) / 2)) * (step / 2);
  return (2 * sum) / Math.sqrt(2 * Math.PI);
}
