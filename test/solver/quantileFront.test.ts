import { kernelSharing } from "@partitune/schema";
import {
  chooseFilling,
  defaultQuantilePairs,
  type QuantilePair,
  quantileFront,
  summariseFilling,
} from "@partitune/solver";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

// A made-up device: bolder idle quantiles fill more and delay more, careful execution quantiles fill less.
const play = ({ executionQuantile, idleQuantile }: QuantilePair, step: number) => ({
  delay: 1_000 * idleQuantile * step,
  lowWork: 10_000 * idleQuantile + 1_000 * (1 - executionQuantile),
});
const pairs: readonly QuantilePair[] = [
  { executionQuantile: 0.5, idleQuantile: 0.1 },
  { executionQuantile: 0.9, idleQuantile: 0.1 },
  { executionQuantile: 0.9, idleQuantile: 0.5 },
];

describe("the front over pairs of quantiles", () => {
  test("has means over held-out steps, and marks pairs that no other beats in both", () => {
    const front = quantileFront({ pairs, heldOut: [1, 3], play });
    expect(front.map(({ point }) => point)).toEqual([
      { ...pairs[0], delay: 200, lowWork: 1_500, efficient: true },
      { ...pairs[1], delay: 200, lowWork: 1_100, efficient: false },
      { ...pairs[2], delay: 1_000, lowWork: 5_100, efficient: true },
    ]);
    expect(front[2]!.expected).toEqual({
      steps: 2,
      delay: { mean: 1_000, longest: 1_500 },
      filled: { mean: 5_100, least: 5_100 },
    });
    expect(kernelSharing.shape.front.safeParse(front.map(({ point }) => point)).success).toBe(true);
  });

  test("plays every pair with every held-out step, once", () => {
    const played: string[] = [];
    quantileFront({
      heldOut: [0, 2],
      play(pair, step) {
        played.push(`${JSON.stringify(pair)} ${step}`);
        return { delay: 0, lowWork: 0 };
      },
    });
    expect(new Set(played).size).toBe(2 * defaultQuantilePairs.length);
    expect(played).toHaveLength(2 * defaultQuantilePairs.length);
  });

  test("never marks a pair that another beats in both", () => {
    const outcome = fc.record({ delay: fc.nat(20), lowWork: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(outcome, { minLength: 1, maxLength: 20 }), (outcomes) => {
        const some = outcomes.map((_, i) => ({ executionQuantile: 0.9, idleQuantile: i / 20 }));
        const points = quantileFront({
          pairs: some,
          heldOut: [0],
          play: ({ idleQuantile }) => outcomes[Math.round(20 * idleQuantile)]!,
        }).map(({ point }) => point);
        for (const a of points)
          expect(a.efficient).toBe(
            !points.some(
              (b) => b.delay <= a.delay && b.lowWork >= a.lowWork && (b.delay < a.delay || b.lowWork > a.lowWork),
            ),
          );
      }),
    );
  });

  test("is refused without pairs or held-out steps", () => {
    expect(() => quantileFront({ pairs: [], heldOut: [0], play })).toThrow("pairs of quantiles are missing");
    expect(() => quantileFront({ heldOut: [], play })).toThrow("held-out steps are missing");
    expect(() => summariseFilling([])).toThrow("held-out steps are missing");
  });
});

describe("a user's choice", () => {
  const front = quantileFront({ pairs, heldOut: [1, 3], play });

  test("by quantiles is that pair", () => {
    expect(chooseFilling(front, pairs[1]!)).toEqual({ status: "chosen", choice: front[1] });
    expect(() => chooseFilling(front, { executionQuantile: 1, idleQuantile: 0 })).toThrow(
      "were not tried; choose among 0.5 and 0.1, 0.9 and 0.1, 0.9 and 0.5",
    );
  });

  test("by the longest delay is the pair with most work that kept it in every held-out step", () => {
    expect(chooseFilling(front, { longestDelay: 1_500 })).toEqual({ status: "chosen", choice: front[2] });
    expect(chooseFilling(front, { longestDelay: 1_499 })).toEqual({ status: "chosen", choice: front[0] });
  });

  test("that no pair fulfils is answered with no, and why", () => {
    expect(chooseFilling(front, { longestDelay: 100 })).toEqual({
      status: "none",
      reason: "every pair of quantiles delayed a held-out step by more than 0.1 µs, the most careful by 0.3 µs",
    });
    expect(() => chooseFilling(front, { longestDelay: -1 })).toThrow('"longestDelay" is -1');
  });

  test("of equal work takes the least delay, then the more careful pair", () => {
    const equal = quantileFront({ pairs, heldOut: [0], play: () => ({ delay: 5, lowWork: 5 }) });
    expect(chooseFilling(equal, { longestDelay: 5 })).toEqual({ status: "chosen", choice: equal[1] });
  });
});
