import { binomialInterval } from "@partitune/numerics";
import { describe, expect, test } from "vitest";

describe("the exact interval of a probability", () => {
  // Clopper–Pearson: no success in n trials gives 1 − (α/2)^(1/n); and 7 of 20, from tables of the beta distribution (R: binom.test(7, 20)).
  test.each([
    [0, 10, 0, 1 - 0.025 ** 0.1],
    [10, 10, 0.025 ** 0.1, 1],
    [7, 20, 0.1539092, 0.5921885],
  ])("of %i in %i is %f to %f", (successes, trials, low, high) => {
    const interval = binomialInterval(successes, trials);
    expect(interval.low).toBeCloseTo(low, 6);
    expect(interval.high).toBeCloseTo(high, 6);
  });

  test("refuses what is no number of successes", () => {
    expect(() => binomialInterval(3, 2)).toThrow(RangeError);
    expect(() => binomialInterval(0, 0)).toThrow(RangeError);
    expect(() => binomialInterval(1, 2, 1)).toThrow(RangeError);
  });
});
