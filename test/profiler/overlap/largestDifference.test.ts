import { expect, test } from "vitest";
import { largestDifference } from "../../../packages/profiler/src/overlap/largestDifference.ts";

const floats = (...values: readonly number[]) => ({ type: "float32", data: Float32Array.from(values) }) as const;
const halves = (...bits: readonly number[]) => ({ type: "float16", data: Uint16Array.from(bits) }) as const;
const longs = (...values: readonly bigint[]) => ({ type: "int64", data: BigInt64Array.from(values) }) as const;

test.each([
  ["equal numbers", floats(1, 2), floats(1, 2), 0],
  ["relative to the largest magnitude", floats(1, -4), floats(2, -4), 0.25],
  [
    "numbers that are the same in being none",
    floats(Number.NaN, Number.POSITIVE_INFINITY),
    floats(Number.NaN, Number.POSITIVE_INFINITY),
    0,
  ],
  ["one number where there is none", floats(1), floats(Number.NaN), Number.POSITIVE_INFINITY],
  ["other sizes", floats(1), floats(1, 1), Number.POSITIVE_INFINITY],
  ["halves: 1 and 1.5 (0x3c00, 0x3e00)", halves(0x3c00), halves(0x3e00), 0.5 / 1.5],
  ["halves: the least number, 2^-24, beside 2", halves(0x0001, 0x4000), halves(0x0000, 0x4000), 2 ** -25],
  ["equal whole numbers", longs(1n, 2n), longs(1n, 2n), 0],
  ["whole numbers that differ", longs(1n, 2n), longs(1n, 3n), Number.POSITIVE_INFINITY],
])("%s", (_what, actual, expected, difference) => {
  expect(largestDifference(actual, expected)).toBe(difference);
});
