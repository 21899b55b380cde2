import { seededRandom } from "@partitune/numerics";
import { beforeAll, describe, expect, test } from "vitest";
import { openTensorflow } from "../../../../packages/profiler/src/workers/tensorflow/openTensorflow.ts";
import type { TensorFlow } from "../../../../packages/profiler/src/workers/tensorflow/tensorflow.ts";

type Tensor4D = ReturnType<TensorFlow["tensor4d"]>;

let tf: TensorFlow;
beforeAll(async () => {
  ({ tf } = await openTensorflow({ device: "cpu", threads: 1 }, []));
});

type Shape = readonly [number, number, number, number];

/** Whole numbers, whose products and sums are exact in 32-bit floats. */
function wholeNumbers(shape: readonly number[], seed: string): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => Math.floor(random.next() * 7) - 3);
}

/** Slope of f along each value of x, which for a linear f is the difference that a step of 1 makes. */
function slopes(f: (x: Tensor4D) => Tensor4D, values: Float32Array, shape: Shape, weights: Float32Array): number[] {
  const sumOf = (changed: Float32Array) =>
    tf.tidy(() => {
      const y = f(tf.tensor4d(changed, [...shape]));
      return tf.sum(tf.mul(y, tf.tensor(weights, y.shape))).dataSync()[0]!;
    });
  const base = sumOf(values);
  return Array.from(values, (_, i) => {
    const changed = Float32Array.from(values);
    changed[i]! += 1;
    return sumOf(changed) - base;
  });
}

/** The same by the gradients of the backend. */
function gradient(f: (x: Tensor4D) => Tensor4D, values: Float32Array, shape: Shape, weights: Float32Array): number[] {
  return tf.tidy(() => {
    const loss = (x: Tensor4D) => {
      const y = f(x);
      return tf.sum(tf.mul(y, tf.tensor(weights, y.shape)));
    };
    return Array.from(
      tf
        .grad(loss as Parameters<typeof tf.grad>[0])(tf.tensor4d(values, [...shape]))
        .dataSync(),
    );
  });
}

interface Case {
  readonly image: Shape;
  readonly filter: Shape;
  readonly stride: number | [number, number];
  readonly pad: "same" | "valid";
}

function compare({ image, filter }: Case, f: (x: Tensor4D, w: Tensor4D) => Tensor4D, along: "image" | "filter"): void {
  const x = wholeNumbers(image, "image");
  const w = wholeNumbers(filter, "filter");
  const weights = tf.tidy(() =>
    wholeNumbers(f(tf.tensor4d(x, [...image]), tf.tensor4d(w, [...filter])).shape, "errors"),
  );
  const [g, values, shape]: [(v: Tensor4D) => Tensor4D, Float32Array, Shape] =
    along === "image"
      ? [(v) => f(v, tf.tensor4d(w, [...filter])), x, image]
      : [(v) => f(tf.tensor4d(x, [...image]), v), w, filter];
  expect(gradient(g, values, shape, weights)).toEqual(slopes(g, values, shape, weights));
}

describe("gradients on WebAssembly are the slopes of a linear function, exactly", () => {
  const plain: readonly Case[] = [
    { image: [2, 5, 5, 2], filter: [3, 3, 2, 3], stride: 1, pad: "same" },
    { image: [2, 6, 5, 2], filter: [3, 3, 2, 3], stride: 2, pad: "same" },
    { image: [1, 7, 7, 1], filter: [3, 3, 1, 2], stride: 2, pad: "valid" },
    { image: [1, 8, 8, 2], filter: [3, 2, 2, 2], stride: [3, 2], pad: "valid" },
    { image: [2, 5, 4, 3], filter: [1, 1, 3, 2], stride: 2, pad: "same" },
    { image: [1, 9, 9, 1], filter: [7, 7, 1, 2], stride: 2, pad: "same" },
  ];

  test.each(plain)("filter of a convolution: image $image, filter $filter, stride $stride, $pad", (each) => {
    compare(each, (x, w) => tf.conv2d(x, w, each.stride, each.pad), "filter");
  });

  const depthwise: readonly Case[] = [
    { image: [2, 5, 5, 3], filter: [3, 3, 3, 1], stride: 1, pad: "same" },
    { image: [2, 6, 5, 2], filter: [3, 3, 2, 1], stride: 2, pad: "same" },
    { image: [1, 7, 7, 2], filter: [3, 3, 2, 2], stride: 2, pad: "valid" },
    { image: [1, 8, 8, 1], filter: [3, 2, 1, 3], stride: [2, 1], pad: "valid" },
    { image: [1, 9, 6, 2], filter: [5, 3, 2, 1], stride: 3, pad: "valid" },
  ];

  test.each(depthwise)("both sides of a depthwise one: image $image, filter $filter, stride $stride, $pad", (each) => {
    const f = (x: Tensor4D, w: Tensor4D) => tf.depthwiseConv2d(x, w, each.stride, each.pad);
    compare(each, f, "filter");
    compare(each, f, "image");
  });

  test("and leave no tensors behind", () => {
    const before = tf.memory().numTensors;
    for (const each of depthwise) compare(each, (x, w) => tf.depthwiseConv2d(x, w, each.stride, each.pad), "image");
    expect(tf.memory().numTensors).toBe(before);
  });
});
