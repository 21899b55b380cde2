import { compassSearch } from "@partitune/numerics";
import { describe, expect, it } from "vitest";

const options = {
  bounds: [
    [-5, 5],
    [-5, 5],
  ] as const,
  step: 1,
  smallestStep: 1e-4,
};

describe("compassSearch", () => {
  it("finds the bottom of a tilted bowl", () => {
    const bowl = ([x, y]: readonly number[]) => (x! - 1.25) ** 2 + 2 * (y! + 0.5) ** 2 + 0.5 * (x! - 1.25) * (y! + 0.5);
    const { point, value } = compassSearch(bowl, [4, 4], options);
    expect(point).toEqual([expect.closeTo(1.25, 3), expect.closeTo(-0.5, 3)]);
    expect(value).toBeLessThan(1e-6);
  });

  it("stops at a bound", () => {
    expect(compassSearch(([x, y]) => x! + y!, [0, 0], options).point).toEqual([-5, -5]);
  });

  it("stays where it is when nothing is better", () => {
    expect(compassSearch(() => 1, [2, 3], options)).toEqual({ point: [2, 3], value: 1 });
  });
});
