import { latinHypercube, seededRandom } from "@partitune/numerics";
import fc from "fast-check";
import { expect, test } from "vitest";

test("every slice of every dimension holds exactly one point", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 8 }), fc.integer(), (n, d, seed) => {
      const points = latinHypercube(n, d, seededRandom(seed));
      expect(points).toHaveLength(n * d);
      for (let j = 0; j < d; j++) {
        const slices = Array.from({ length: n }, (_, i) => Math.floor(points[i * d + j]! * n));
        expect(slices.sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      }
    }),
    { seed: 9 },
  );
});

test("the seed fixes the sample", () => {
  expect(latinHypercube(10, 3, seededRandom(1))).toEqual(latinHypercube(10, 3, seededRandom(1)));
  expect(latinHypercube(10, 3, seededRandom(1))).not.toEqual(latinHypercube(10, 3, seededRandom(2)));
});

test("sizes must be whole numbers", () => {
  expect(latinHypercube(0, 2, seededRandom(1))).toHaveLength(0);
  expect(() => latinHypercube(-1, 2, seededRandom(1))).toThrow(RangeError);
  expect(() => latinHypercube(2, 0, seededRandom(1))).toThrow(RangeError);
});
