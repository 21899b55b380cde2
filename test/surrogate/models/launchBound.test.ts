import { seededRandom } from "@partitune/numerics";
import { describe, expect, it } from "vitest";
import { launchBound } from "../../../packages/surrogate/src/models/launchBound.ts";
import { contextFor, grid } from "../fixtures/rows.ts";

interface Fitted {
  readonly base: { readonly floor: number; readonly law: readonly number[] };
}
const X = grid();
const compute = (share: number, batch: number) => (0.002 + 0.004 * batch) / share;

describe("launchBound", () => {
  it("finds the floor and the law above it", () => {
    const y = X.map(([share, , , batch]) => Math.max(0.03, compute(share!, batch!)));
    const { base } = launchBound.fit(X, y, contextFor(X)) as unknown as Fitted;
    expect(base.floor).toBeCloseTo(0.03, 9);
    expect(base.law).toEqual([0, 0, expect.closeTo(0.002, 9), expect.closeTo(0.004, 9)]);
  });

  it("sets no floor under rows that follow Amdahl's law, noise or not", () => {
    for (let seed = 0; seed < 10; seed++) {
      const random = seededRandom(seed);
      const y = X.map(([share, , , batch]) => compute(share!, batch!) * Math.exp(0.01 * random.normal()));
      const { base } = launchBound.fit(X, y, contextFor(X)) as unknown as Fitted;
      const lowest = Math.min(...y);
      expect(base.floor).toBeLessThan(1.1 * lowest);
    }
  });
});
