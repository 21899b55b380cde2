import { seededRandom } from "@partitune/numerics";
import { describe, expect, it } from "vitest";
import { column } from "../../packages/surrogate/src/features.ts";
import { holdOutLevels } from "../../packages/surrogate/src/holdOutLevels.ts";
import { amdahl } from "../../packages/surrogate/src/models/amdahl.ts";
import { interpolation } from "../../packages/surrogate/src/models/interpolation.ts";
import { grid, shareLevels } from "./fixtures/rows.ts";

const X = grid();
const sample = (law: (share: number, batch: number) => number) => ({
  X,
  y: X.map(([share, , , batch]) => law(share!, batch!)),
  weights: X.map(() => 1),
});

describe("holdOutLevels", () => {
  it("holds out every row of every inner level", () => {
    const straight = sample((share, batch) => batch / share);
    const levels = holdOutLevels(straight, amdahl, column.fraction, seededRandom(1));
    expect(levels.measured).toEqual(shareLevels);
    expect(levels.errors).toHaveLength(3 * 4);
    expect(Math.max(...levels.errors)).toBeLessThan(1e-9);
    expect(holdOutLevels(straight, amdahl, column.batch, seededRandom(1)).errors).toHaveLength(2 * 5);
  });

  it("sees errors that holding out single rows does not", () => {
    const bumpy = sample((share, batch) => (batch / share) * (share === 0.5 ? 1.3 : 1));
    const { errors } = holdOutLevels(bumpy, interpolation, column.fraction, seededRandom(1));
    expect(Math.max(...errors)).toBeGreaterThan(0.25);
  });

  it("has no errors where there are only two levels", () => {
    const two = { X: X.slice(0, 8), y: X.slice(0, 8).map(() => 1), weights: X.slice(0, 8).map(() => 1) };
    expect(holdOutLevels(two, amdahl, column.fraction, seededRandom(1))).toEqual({
      measured: [0.125, 0.3],
      errors: [],
    });
  });
});
