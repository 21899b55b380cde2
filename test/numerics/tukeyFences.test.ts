import { interpolatedQuantile, modifiedZScores, outlierLabel, outlierScore, tukeyFences } from "@partitune/numerics";
import { expect, test } from "vitest";

const samples = [2.1, 2.3, 1.9, 2.0, 2.2, 2.4, 9.9, 2.1, 2.0, 3.2, 1.0];

test("interpolated quantiles are those of NumPy's default, type 7", () => {
  const sorted = [...samples].sort((a, b) => a - b);
  expect(interpolatedQuantile(sorted, 0.25)).toBeCloseTo(2.0, 14);
  expect(interpolatedQuantile(sorted, 0.75)).toBeCloseTo(2.35, 14);
  expect(interpolatedQuantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  expect([interpolatedQuantile([1, 2], 0), interpolatedQuantile([1, 2], 1)]).toEqual([1, 2]);
  expect(() => interpolatedQuantile([], 0.5)).toThrow(RangeError);
  expect(() => interpolatedQuantile([1], 2)).toThrow(RangeError);
});

test("fences lie 1.5 and 3 interquartile ranges outside the quartiles 2 and 2.35", () => {
  const fences = tukeyFences(samples);
  expect(fences.lowSevere).toBeCloseTo(0.95, 12);
  expect(fences.lowMild).toBeCloseTo(1.475, 12);
  expect(fences.highMild).toBeCloseTo(2.875, 12);
  expect(fences.highSevere).toBeCloseTo(3.4, 12);
});

test("every sample gets its label", () => {
  const fences = tukeyFences(samples);
  const labels = samples.map((sample) => outlierLabel(sample, fences));
  expect(labels.filter((label) => label !== "none")).toEqual(["highSevere", "highMild", "lowMild"]);
  expect(outlierLabel(0.9, fences)).toBe("lowSevere");
});

test("when all samples are equal only others are outliers", () => {
  const fences = tukeyFences([3, 3, 3]);
  expect([outlierLabel(3, fences), outlierLabel(3.1, fences)]).toEqual(["none", "highSevere"]);
});

test("modified z-scores are deviations from the median in median absolute deviations, as SciPy's", () => {
  const scores = modifiedZScores(samples);
  const expected = [0, 1, -1, -0.5, 0.5, 1.5, 39, 0, -0.5, 5.5, -5.5];
  scores.forEach((score, i) => {
    expect(score).toBeCloseTo(expected[i]!, 12);
  });
  expect([...scores].filter((score) => score > outlierScore)).toHaveLength(1);
});

test("when most samples are equal the others score infinitely", () => {
  expect([...modifiedZScores([1, 1, 1, 1, 2, 0])]).toEqual([
    0,
    0,
    0,
    0,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]);
});
