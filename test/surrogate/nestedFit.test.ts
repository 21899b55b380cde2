import { seededRandom } from "@partitune/numerics";
import { describe, expect, it } from "vitest";
import { models } from "../../packages/surrogate/src/models/index.ts";
import { nestedFit } from "../../packages/surrogate/src/nestedFit.ts";
import { grid } from "./fixtures/rows.ts";

const shelf = [models.amdahl!, models.power!, models.linear!];
const X = grid();
const weights = X.map(() => 1);
const random = seededRandom("noise");
const y = X.map(([share, , , batch]) => ((1 + 2 * batch!) / share!) * Math.exp(0.1 * random.normal()));
const fitTo = (targets: readonly number[]) => nestedFit({ X, y: targets, weights }, shelf, seededRandom(1))!;

describe("nestedFit", () => {
  it("predicts a held-out row without having seen its target, be it in fitting or in choosing", () => {
    const { heldOut } = fitTo(y);
    for (const i of [0, 7, 19]) {
      expect(fitTo(y.with(i, 1e6)).heldOut[i]).toBe(heldOut[i]);
      expect(fitTo(y.with(i, 1e6)).heldOut[(i + 1) % y.length]).not.toBe(heldOut[(i + 1) % y.length]);
    }
  });

  it("ends with the chosen model fitted to all rows", () => {
    const { model, parameters } = fitTo(y);
    expect(parameters).toEqual(model.fit(X, y, { weights, random: seededRandom(1) }));
  });

  it("gives every model's cross-validation error, and none for a model that cannot be fitted", () => {
    const few = [0, 1, 6, 7];
    const small = { X: few.map((i) => X[i]!), y: few.map((i) => y[i]!), weights: few.map(() => 1) };
    const { rivals } = nestedFit(small, shelf, seededRandom(1))!;
    expect(rivals.map(({ model }) => model)).toEqual(["amdahl", "power", "linear"]);
    expect(rivals[0]?.error).toBeGreaterThan(0);
    expect(rivals[2]?.error).toBeNull();
  });

  it("gives nothing when no model can be fitted", () => {
    expect(
      nestedFit({ X: [X[0]!, X[5]!, X[10]!], y: [1, 2, 3], weights: [1, 1, 1] }, [models.quadratic!], seededRandom(1)),
    ).toBeUndefined();
  });
});
