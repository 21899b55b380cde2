import { expect, test } from "vitest";
import { cholesky } from "../../packages/solver/src/cholesky.ts";

test("solves a system with a known solution", () => {
  // A x = b with x = (1, −2, 3)
  const A = Float64Array.of(4, 12, -16, 12, 37, -43, -16, -43, 98);
  const b = [4 - 24 - 48, 12 - 74 - 129, -16 + 86 + 294];
  const x = cholesky(A, 3).solve(b);
  expect([...x]).toEqual([1, -2, 3].map((value) => expect.closeTo(value, 9)));
});

test("gives the quadratic form of the inverse", () => {
  expect(cholesky(Float64Array.of(4, 0, 0, 9), 2).inverseForm([2, 3])).toBeCloseTo(2, 12);
});

test("refuses a matrix that is not positive definite", () => {
  expect(() => cholesky(Float64Array.of(1, 2, 2, 1), 2)).toThrow(RangeError);
});
