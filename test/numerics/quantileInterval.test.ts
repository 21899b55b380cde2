import { quantileInterval, seededRandom } from "@partitune/numerics";
import { expect, test } from "vitest";

test("the bounds are the samples at the ranks", () => {
  const sorted = Array.from({ length: 1000 }, (_, i) => i + 1);
  expect(quantileInterval(sorted, 0.99)).toEqual({ lower: 981, upper: 998 });
  expect(quantileInterval(Float64Array.from(sorted), 0.5)).toEqual({ lower: 459, upper: 542 });
});

test("a side without enough samples is open", () => {
  const sorted = Array.from({ length: 50 }, (_, i) => i);
  expect(quantileInterval(sorted, 0.99)).toEqual({ lower: 46, upper: undefined });
});

test("the interval covers the true quantile at least as often as it says", () => {
  const random = seededRandom("coverage");
  let covered = 0;
  for (let run = 0; run < 2000; run++) {
    const sorted = Float64Array.from({ length: 200 }, () => random.exponential(1)).sort();
    const { lower, upper } = quantileInterval(sorted, 0.9, 0.9);
    if (lower! <= Math.LN10 && Math.LN10 <= upper!) covered++;
  }
  expect(covered / 2000).toBeGreaterThan(0.88);
  expect(covered / 2000).toBeLessThan(0.96);
});

test("an interval of nothing is refused", () => {
  expect(() => quantileInterval([], 0.5)).toThrow("at least one sample");
});
