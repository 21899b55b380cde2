import fc from "fast-check";
import { expect, test } from "vitest";
import { poolingMatrix } from "../../../packages/profiler/src/zoo/networks/vgg.ts";

/** One output of PyTorch's adaptive average pooling, straight from its definition. */
function adaptiveAverage(input: readonly number[], outputs: number, i: number): number {
  const window = input.slice(Math.floor((i * input.length) / outputs), Math.ceil(((i + 1) * input.length) / outputs));
  return window.reduce((sum, value) => sum + value, 0) / window.length;
}

test("the pooling matrix averages the windows of adaptive pooling, up and down", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 40 }), (input) => {
      const matrix = poolingMatrix(input.length, 7);
      for (let row = 0; row < 7; row++) {
        const pooled = input.reduce((sum, value, column) => sum + value * matrix[row * input.length + column]!, 0);
        expect(pooled).toBeCloseTo(adaptiveAverage(input, 7, row), 5);
      }
    }),
  );
});

test("a side of 7 is left as it is", () => {
  const identity = Array.from({ length: 49 }, (_, i) => (i % 8 === 0 ? 1 : 0));
  expect([...poolingMatrix(7, 7)]).toEqual(identity);
});
