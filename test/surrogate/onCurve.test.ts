import { describe, expect, it } from "vitest";
import { onCurve } from "../../packages/surrogate/src/onCurve.ts";

describe("onCurve", () => {
  it("goes through its points and straight between them", () => {
    expect([1, 2, 3, 4].map((x) => onCurve([1, 2, 4], [10, 30, 40], x))).toEqual([10, 30, 35, 40]);
  });

  it("continues the last segment upwards, but never falls", () => {
    expect(onCurve([1, 2], [10, 15], 4)).toBe(25);
    expect(onCurve([1, 2], [15, 10], 4)).toBe(10);
  });

  it("continues the first segment downwards, but not below proportionality", () => {
    expect(onCurve([2, 4], [10, 14], 1)).toBe(8);
    expect(onCurve([2, 4], [10, 40], 1)).toBe(5);
  });

  it("is constant through a single point", () => {
    expect([0.1, 1, 10].map((x) => onCurve([1], [7], x))).toEqual([7, 7, 7]);
  });
});
