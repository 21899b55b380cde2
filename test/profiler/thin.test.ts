import { expect, test } from "vitest";
import { thin } from "../../packages/profiler/src/thin.ts";

test("a thinned sample keeps evenly spread order statistics", () => {
  const sorted = Array.from({ length: 100 }, (_, i) => i + 1);
  expect([...thin(sorted, 4)]).toEqual([13, 38, 63, 88]);
  expect([...thin(sorted, 1)]).toEqual([51]);
});

test("a sample that keeps its size keeps itself", () => {
  expect([...thin([1, 2, 3], 3)]).toEqual([1, 2, 3]);
});
