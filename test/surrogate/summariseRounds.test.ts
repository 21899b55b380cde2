import { describe, expect, it } from "vitest";
import { summariseRounds } from "../../packages/surrogate/src/summariseRounds.ts";

describe("summariseRounds", () => {
  it("gives the median, the mean of the middle two for an even number", () => {
    expect(summariseRounds([3, 100, 2]).value).toBe(3);
    expect(summariseRounds([3, 1, 2, 10]).value).toBe(2.5);
  });

  it("gives the standard deviation of logarithms between rounds: log 2 for 1, 2 and 4", () => {
    expect(summariseRounds([1, 2, 4])).toEqual({ value: 2, logSpread: expect.closeTo(Math.LN2, 12), rounds: 3 });
  });

  it("knows no spread from one round", () => {
    expect(summariseRounds([5])).toEqual({ value: 5, logSpread: null, rounds: 1 });
  });
});
