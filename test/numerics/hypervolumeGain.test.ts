import {
  boxesBeyond,
  expectedHypervolumeGain,
  hypervolume,
  hypervolumeGain,
  normalCumulative,
  normalQuantile,
  seededRandom,
  sobol,
} from "@partitune/numerics";
import fc from "fast-check";
import { expect, test } from "vitest";

const coordinate = fc.integer({ min: 0, max: 8 });
const rowsOf = (m: number) =>
  fc.array(fc.array(coordinate, { minLength: m, maxLength: m }), { minLength: 1, maxLength: 10 });

test.each([1, 2, 3, 4])("with %d objectives a point adds the difference of the hypervolumes", (m) => {
  const reference = new Array<number>(m).fill(7);
  fc.assert(
    fc.property(rowsOf(m), ([point, ...front]) => {
      const difference = hypervolume([...front, point!], reference) - hypervolume(front, reference);
      expect(hypervolumeGain(boxesBeyond(front, reference), point!)).toBeCloseTo(difference, 9);
    }),
  );
});

test("with two objectives a front of n points leaves n + 1 boxes", () => {
  const front = [
    [0, 3],
    [1, 2],
    [2, 1],
    [2, 2],
    [9, 0],
  ];
  expect(boxesBeyond(front, [4, 4]).lower).toHaveLength(2 * 4);
});

test("points with a NaN and points beyond the reference add nothing and take nothing", () => {
  const boxes = boxesBeyond(
    [
      [Number.NaN, 0],
      [0, 5],
      [1, 1],
    ],
    [4, 4],
  );
  expect(hypervolumeGain(boxes, [0, 0])).toBe(16 - 9);
  expect(hypervolumeGain(boxes, [Number.NaN, 0])).toBe(0);
  expect(hypervolumeGain(boxes, [5, 0])).toBe(0);
  expect(() => boxesBeyond([], [Number.POSITIVE_INFINITY, 1])).toThrow("reference");
});

test("with an empty front, the expected gain is the product of the expected improvements", () => {
  const improvement = (mean: number) =>
    mean * normalCumulative(mean) + Math.exp(-(mean ** 2) / 2) / Math.sqrt(2 * Math.PI);
  const boxes = boxesBeyond([], [1, 2]);
  expect(expectedHypervolumeGain(boxes, [0, 0], [1, 1])).toBeCloseTo(improvement(1) * improvement(2), 12);
});

test("without uncertainty, the expected gain is the gain", () => {
  const front = [
    [0, 1, 2],
    [2, 1, 0],
    [1, 0, 3],
  ];
  const boxes = boxesBeyond(front, [4, 4, 4]);
  expect(expectedHypervolumeGain(boxes, [1, 1, 1], [0, 0, 0])).toBeCloseTo(hypervolumeGain(boxes, [1, 1, 1]), 12);
});

test.each([2, 3, 4])("with %d objectives the exact expectation agrees with 2^14 Sobol draws", (m) => {
  const random = seededRandom(`expected gain ${m}`);
  const draws = 2 ** 14;
  const uniform = sobol(draws, m, { shift: random });
  const reference = new Array<number>(m).fill(1.1);
  for (let trial = 0; trial < 4; trial++) {
    const front = Array.from({ length: 8 }, () => reference.map(() => random.next()));
    const boxes = boxesBeyond(front, reference);
    const means = reference.map(() => random.next());
    const deviations = reference.map(() => 0.05 + 0.3 * random.next());
    let sum = 0;
    for (let k = 0; k < draws; k++) {
      const point = means.map((mean, j) => mean + deviations[j]! * normalQuantile(uniform[k * m + j]! + 2 ** -33));
      sum += hypervolumeGain(boxes, point);
    }
    const exact = expectedHypervolumeGain(boxes, means, deviations);
    expect(Math.abs(sum / draws - exact)).toBeLessThan(0.01 * exact + 2e-5);
  }
});
