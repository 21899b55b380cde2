import { describe, expect, it } from "vitest";
import { conformalRatio, leastErrors } from "../../packages/surrogate/src/conformalRatio.ts";

const errors = (n: number) => Array.from({ length: n }, (_, i) => Math.log1p((n - i) / 100));

describe("conformalRatio", () => {
  it("takes the ⌈(n + 1)·confidence⌉-th smallest error", () => {
    expect(conformalRatio(errors(9), 0.9)).toBeCloseTo(0.09, 12);
    expect(conformalRatio(errors(19), 0.9)).toBeCloseTo(0.18, 12);
    expect(conformalRatio(errors(20), 0.9)).toBeCloseTo(0.19, 12);
    expect(conformalRatio(errors(19), 0.95)).toBeCloseTo(0.19, 12);
    expect(conformalRatio(errors(9), 0.5)).toBeCloseTo(0.05, 12);
  });

  it("gives no interval when the errors are too few for the confidence", () => {
    expect(conformalRatio(errors(8), 0.9)).toBeNull();
    expect(conformalRatio(errors(98), 0.99)).toBeNull();
    expect(conformalRatio(errors(99), 0.99)).not.toBeNull();
    expect(conformalRatio([], 0.5)).toBeNull();
  });
});

describe("leastErrors", () => {
  it("is the smallest number of errors that gives an interval", () => {
    expect([0.5, 0.8, 0.9, 0.95, 0.99].map(leastErrors)).toEqual([1, 4, 9, 19, 99]);
    for (const confidence of [0.3, 0.5, 0.77, 0.9, 0.95, 0.99]) {
      const least = leastErrors(confidence);
      expect(conformalRatio(errors(least), confidence)).not.toBeNull();
      expect(conformalRatio(errors(least - 1), confidence)).toBeNull();
    }
  });
});
