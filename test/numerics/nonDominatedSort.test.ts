import { nonDominatedSort, paretoFront } from "@partitune/numerics";
import fc from "fast-check";
import { expect, test } from "vitest";

test("fronts are peeled off one by one, equal points together, points with a NaN left out", () => {
  const points = [
    [1, 3],
    [2, 4],
    [3, 1],
    [1, 3],
    [Number.NaN, 0],
    [4, 4],
  ];
  expect(nonDominatedSort(points, 2)).toEqual([[0, 2, 3], [1], [5]]);
  expect(nonDominatedSort([], 2)).toEqual([]);
  expect(() => nonDominatedSort([[1]], 2)).toThrow("expected 2");
});

test.each([1, 2, 3, 4])("with %d objectives each front is the Pareto front of what is left", (m) => {
  const row = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: m, maxLength: m });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), (points) => {
      let left = [...points.keys()];
      for (const front of nonDominatedSort(points, m)) {
        const expected = paretoFront(
          left.map((i) => points[i]!),
          m,
        ).map((k) => left[k]!);
        expect(front).toEqual(expected);
        left = left.filter((i) => !front.includes(i));
      }
      expect(left).toEqual([]);
    }),
  );
});
