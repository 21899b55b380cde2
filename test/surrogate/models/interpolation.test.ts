import { describe, expect, it } from "vitest";
import { interpolation } from "../../../packages/surrogate/src/models/interpolation.ts";
import { contextFor, grid, row } from "../fixtures/rows.ts";

const predictWith = (X: ReturnType<typeof grid>, y: readonly number[]) =>
  interpolation.prepare(interpolation.fit(X, y, contextFor(X)));

describe("interpolation", () => {
  it("gives measured configurations back bit for bit", () => {
    const X = grid();
    const y = X.map((_, i) => 0.1 + Math.sin(i) ** 2);
    expect(X.map(predictWith(X, y))).toEqual(y);
  });

  it("averages configurations that differ in nothing it knows, geometrically", () => {
    expect(predictWith([row(1, 2), row(1, 2)], [2, 8])(row(1, 2))).toBeCloseTo(4, 12);
  });

  it("does not let a share with one batch speak of other batches", () => {
    const X = [row(0.25, 1), row(0.25, 4), row(0.5, 1), row(0.5, 4), row(1, 1)];
    const predict = predictWith(X, [4, 16, 2, 8, 1]);
    expect(predict(row(1, 1))).toBe(1);
    expect(predict(row(1, 4))).toBeCloseTo(4, 12);
  });

  it("knows a single configuration as a constant", () => {
    expect(predictWith([row(0.5, 2)], [7])(row(0.25, 8))).toBe(7);
  });
});
