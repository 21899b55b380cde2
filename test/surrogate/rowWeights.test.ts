import { describe, expect, it } from "vitest";
import { rowWeights } from "../../packages/surrogate/src/rowWeights.ts";

const row = (logSpread: number | null, rounds: number) => ({ value: 1, logSpread, rounds });

describe("rowWeights", () => {
  it("are equal when no configuration was measured twice, or all rounds agree", () => {
    expect(rowWeights([row(null, 1), row(null, 1)])).toEqual([1, 1]);
    expect(rowWeights([row(0, 3), row(0, 3)])).toEqual([1, 1]);
  });

  it("have mean 1 and fall with the spread between rounds", () => {
    const weights = rowWeights([row(0.01, 3), row(0.01, 3), row(0.2, 3)]);
    expect(weights.reduce((sum, weight) => sum + weight) / 3).toBeCloseTo(1, 12);
    expect(weights[2]).toBeLessThan(weights[0]! / 1.5);
  });

  it("rise with the number of rounds, but never to more than twice the average", () => {
    const weights = rowWeights([row(0.05, 100), row(0.05, 2), row(0.05, 2), row(0.05, 2)]);
    expect(weights[0]).toBeGreaterThan(weights[1]!);
    expect(weights[0]).toBeLessThan(2);
  });
});
