import { describe, expect, it } from "vitest";
import { amdahl } from "../../../packages/surrogate/src/models/amdahl.ts";
import { contextFor, grid, row } from "../fixtures/rows.ts";

describe("amdahl", () => {
  it("finds the parts of (a + c·b)·(s + (1 − s)/φ) plus a constant", () => {
    const [fixed, perItem, serial, constant] = [0.005, 0.01, 0.1, 0.002];
    const X = grid();
    const y = X.map(([share, , , batch]) => constant + (fixed + perItem * batch!) * (serial + (1 - serial) / share!));
    const { base } = amdahl.fit(X, y, contextFor(X)) as { readonly base: readonly number[] };
    expect(base[0]).toBeCloseTo(constant + fixed * serial, 10);
    expect(base[1]).toBeCloseTo(perItem * serial, 10);
    expect(base[2]).toBeCloseTo(fixed * (1 - serial), 10);
    expect(base[3]).toBeCloseTo(perItem * (1 - serial), 10);
  });

  it("predicts Amdahl's own example: a tenth serial, ten times the processors, 5.26 times the speed", () => {
    const X = [0.1, 0.2, 0.5, 1].map((share) => row(share, 1));
    const y = X.map(([share]) => 0.1 + 0.9 / share!);
    const [slow, fast] = amdahl.predict(amdahl.fit(X, y, contextFor(X)), [row(0.1, 1), row(1, 1)]);
    expect(0.1 / (0.1 * fast!) / (1 / 10)).toBeCloseTo(10, 9);
    expect(slow! / fast!).toBeCloseTo(9.1, 9);
  });

  it("never turns a cost negative, however rows scatter", () => {
    const X = grid();
    const y = X.map((_, i) => 1 + ((i * 7919) % 13));
    const { base } = amdahl.fit(X, y, contextFor(X)) as { readonly base: readonly number[] };
    expect(Math.min(...base)).toBeGreaterThanOrEqual(0);
  });
});
