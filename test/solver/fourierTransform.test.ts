import { expect, test } from "vitest";
import { fourierTransform } from "../../packages/solver/src/fourierTransform.ts";

test("the transform equals its defining sum, and the inverse undoes it", () => {
  const values = [3, -1, 4, 1, -5, 9, 2, 6];
  const re = Float64Array.from(values);
  const im = new Float64Array(8);
  fourierTransform(re, im, false);
  for (let m = 0; m < 8; m += 1) {
    const angle = (n: number) => (-2 * Math.PI * n * m) / 8;
    expect(re[m]).toBeCloseTo(
      values.reduce((sum, x, n) => sum + x * Math.cos(angle(n)), 0),
      12,
    );
    expect(im[m]).toBeCloseTo(
      values.reduce((sum, x, n) => sum + x * Math.sin(angle(n)), 0),
      12,
    );
  }
  fourierTransform(re, im, true);
  for (const [n, x] of values.entries()) expect(re[n]! / 8).toBeCloseTo(x, 12);
});
