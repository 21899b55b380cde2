import { seededRandom } from "@partitune/numerics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { folds } from "../../packages/surrogate/src/folds.ts";

describe("folds", () => {
  it("hold every row out once and train on all others", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 2, max: 12 }), (n, most) => {
        const split = folds(n, most, seededRandom(n));
        const rows = Array.from({ length: n }, (_, i) => i);
        expect(split.flatMap(({ test }) => test).sort((a, b) => a - b)).toEqual(rows);
        for (const { train, test } of split) expect([...train, ...test].sort((a, b) => a - b)).toEqual(rows);
        const sizes = split.map(({ test }) => test.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
      { seed: 1 },
    );
  });

  it("hold out one row each, in order, when there are as many folds as rows", () => {
    expect(folds(3, 5, seededRandom(1)).map(({ test }) => test)).toEqual([[0], [1], [2]]);
  });

  it("are the same for the same seed", () => {
    expect(folds(20, 4, seededRandom("x"))).toEqual(folds(20, 4, seededRandom("x")));
  });
});
