import { describe, expect, test } from "vitest";
import { fitSlopes } from "../../../../packages/solver/src/strategies/gmd/slopes.ts";

const features = [1, 0, 0, 1, 1, 1];
const weights = [1, 1, 1];
const expected = [0, 0];

describe("slopes", () => {
  test("are those of an exact plane, but for the ridge", () => {
    const slopes = fitSlopes({ features, changes: [2, 3, 5], weights, expected, nonNegative: [true, true] });
    expect(slopes[0]).toBeCloseTo(2, 2);
    expect(slopes[1]).toBeCloseTo(3, 2);
  });

  test("solve the normal equations of the ridge", () => {
    // (2.001 1; 1 2.001) s = (7, 8), with s by Cramer's rule
    const slopes = fitSlopes({ features, changes: [2, 3, 5], weights, expected, nonNegative: [false, false] });
    const determinant = 2.001 ** 2 - 1;
    expect(slopes[0]).toBeCloseTo((7 * 2.001 - 8) / determinant, 7);
    expect(slopes[1]).toBeCloseTo((8 * 2.001 - 7) / determinant, 7);
  });

  test("stay at zero where they would be negative, and only where asked to", () => {
    const sample = { features, changes: [-2, 3, 1], weights, expected };
    expect(fitSlopes({ ...sample, nonNegative: [true, true] })[0]).toBe(0);
    expect(fitSlopes({ ...sample, nonNegative: [false, true] })[0]).toBeLessThan(-1.9);
  });

  test("of directions that nothing was measured in are as expected", () => {
    const sample = { features: [1, 0], changes: [2], weights: [1], nonNegative: [true, false] };
    expect(fitSlopes({ ...sample, expected: [0, 0.75] })[1]).toBeCloseTo(0.75, 12);
  });

  test("of directions that nothing was measured in are zero when nothing is expected", () => {
    expect(fitSlopes({ features: [1, 0], changes: [2], weights: [1], expected, nonNegative: [true, false] })[1]).toBe(
      0,
    );
  });
});
