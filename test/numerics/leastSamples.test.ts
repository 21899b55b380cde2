import { leastSamples, quantileRanks } from "@partitune/numerics";
import { expect, test } from "vitest";

// 99 % confidence: [p, upper bound exists, two-sided interval exists, one allowed above, five allowed]; 662 is LoadGen's for a p99
const table: readonly (readonly [number, number, number, number, number])[] = [
  [0.9, 44, 51, 64, 127],
  [0.95, 90, 104, 130, 259],
  [0.99, 459, 528, 662, 1307],
  [0.999, 4603, 5296, 6636, 13_105],
];

test.each(table)("the quantile %d needs %d, %d, %d and %d samples", (p, upper, both, one, five) => {
  expect(leastSamples(p, { sides: "upper" })).toBe(upper);
  expect(leastSamples(p)).toBe(both);
  expect(leastSamples(p, { sides: "upper", above: 1 })).toBe(one);
  expect(leastSamples(p, { sides: "upper", above: 5 })).toBe(five);
});

test.each([0.01, 0.3, 0.5, 0.8, 0.995])(
  "for the quantile %d it is where the two-sided interval begins to exist",
  (p) => {
    const n = leastSamples(p);
    const enough = quantileRanks(n, p);
    expect(enough.lower !== undefined && enough.upper !== undefined).toBe(true);
    const few = quantileRanks(n - 1, p);
    expect(few.lower === undefined || few.upper === undefined).toBe(true);
  },
);

test("two-sided with samples above is where the upper rank leaves room for them", () => {
  const n = leastSamples(0.9, { above: 3, confidence: 0.95 });
  expect(n - quantileRanks(n, 0.9, 0.95).upper!).toBe(3);
  expect(n - 1 - quantileRanks(n - 1, 0.9, 0.95).upper!).toBe(2);
});

test("extreme percentiles need millions: ln 0.01 / ln p", () => {
  expect(leastSamples(0.999999, { sides: "upper" })).toBe(4_605_168);
});

test("arguments out of range are refused", () => {
  expect(() => leastSamples(1)).toThrow(RangeError);
  expect(() => leastSamples(0.9, { confidence: 0 })).toThrow(RangeError);
  expect(() => leastSamples(0.9, { above: -1 })).toThrow("allowed above");
});
