import { knees } from "@partitune/solver";
import { describe, expect, test } from "vitest";

const curve = (rates: readonly number[], sizes = [1, 2, 3, 4, 7]) =>
  rates.map((safeRate, i) => ({ compute: sizes[i]!, safeRate }));

describe("the size after which a larger piece pays little", () => {
  test("steepest: the end of the step that gains most per unit, where it gains 5 % at least", () => {
    expect(knees.steepest(curve([100, 150, 260, 300, 310])).compute).toBe(3);
    expect(knees.steepest(curve([100, 101, 102, 103, 107.5])).compute).toBe(1);
    expect(knees.steepest(curve([50])).compute).toBe(1);
  });

  test("curvature: the inner point where the curve bends most, none where it is straight", () => {
    expect(knees.curvature(curve([100, 200, 290, 300, 310])).compute).toBe(3);
    expect(knees.curvature(curve([100, 200, 300, 400, 700])).compute).toBe(1);
    expect(knees.curvature(curve([50, 60])).compute).toBe(1);
  });

  test("nearly-full: the smallest size with 95 % of the highest rate", () => {
    expect(knees["nearly-full"](curve([100, 200, 290, 296, 300])).compute).toBe(3);
    expect(knees["nearly-full"](curve([100, 200, 284, 300, 290])).compute).toBe(4);
  });
});
