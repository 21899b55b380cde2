import { seededRandom } from "@partitune/numerics";
import { describe, expect, test } from "vitest";
import {
  type FillableType,
  isFillable,
  randomTensorData,
} from "../../../packages/profiler/src/workers/randomTensorData.ts";

describe("randomTensorData", () => {
  test.each<FillableType>(["float32", "float64"])("%s values lie between −1 and 1", (type) => {
    const values = [...randomTensorData(type, seededRandom(1), 1000)].map(Number);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(Math.min(...values)).toBeLessThan(-0.9);
    expect(Math.max(...values)).toBeGreaterThan(0.9);
  });

  test.each<FillableType>(["int8", "uint8", "bool", "int16", "uint16", "int32", "uint32", "int64", "uint64"])(
    "%s values are 0 and 1, valid as indices and as masks",
    (type) => {
      expect(new Set([...randomTensorData(type, seededRandom(1), 100)].map(Number))).toEqual(new Set([0, 1]));
    },
  );

  test("float16 values are bits of numbers of magnitude 0.5 to 1", () => {
    for (const bits of [...randomTensorData("float16", seededRandom(1), 100)].map(Number)) {
      expect((bits >> 10) & 0x1f).toBe(14);
    }
  });

  test("the seed fixes the values", () => {
    expect(randomTensorData("float32", seededRandom(5), 9)).toEqual(randomTensorData("float32", seededRandom(5), 9));
    expect(randomTensorData("float32", seededRandom(5), 9)).not.toEqual(
      randomTensorData("float32", seededRandom(6), 9),
    );
  });

  test("text is not filled", () => {
    expect(isFillable("string")).toBe(false);
    expect(isFillable("toString")).toBe(false);
  });
});
