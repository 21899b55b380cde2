import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nonNegativeLeastSquares } from "../../packages/surrogate/src/nonNegativeLeastSquares.ts";

describe("nonNegativeLeastSquares", () => {
  it("agrees with the examples of scipy.optimize.nnls", () => {
    const A = [
      [1, 0],
      [1, 0],
      [0, 1],
    ];
    expect(nonNegativeLeastSquares(A, [2, 1, 1])).toEqual([expect.closeTo(1.5, 12), expect.closeTo(1, 12)]);
    expect(nonNegativeLeastSquares(A, [-1, -1, -1])).toEqual([0, 0]);
  });

  it("gives the later of two equal columns nothing", () => {
    const A = [1, 2, 3].map((x) => [x, x, 1]);
    expect(nonNegativeLeastSquares(A, [3, 5, 7])).toEqual([expect.closeTo(2, 9), 0, expect.closeTo(1, 9)]);
  });

  it("satisfies the conditions of optimality on any well-scaled problem", () => {
    const value = fc.double({ min: -5, max: 5, noNaN: true }).map((x) => Math.round(x * 100) / 100);
    const problem = fc
      .integer({ min: 1, max: 5 })
      .chain((n) =>
        fc.array(fc.tuple(fc.array(value, { minLength: n, maxLength: n }), value), { minLength: 1, maxLength: 12 }),
      );
    fc.assert(
      fc.property(problem, (equations) => {
        const A = equations.map(([row]) => row);
        const b = equations.map(([, right]) => right);
        const k = nonNegativeLeastSquares(A, b);
        const residual = A.map((row, i) => b[i]! - row.reduce((sum, a, j) => sum + a * k[j]!, 0));
        for (const [j, coefficient] of k.entries()) {
          const gradient = A.reduce((sum, row, i) => sum + row[j]! * residual[i]!, 0);
          expect(coefficient).toBeGreaterThanOrEqual(0);
          expect(gradient).toBeLessThan(1e-3);
          if (coefficient > 1e-3) expect(Math.abs(gradient)).toBeLessThan(1e-3);
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});
