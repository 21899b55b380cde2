import type { Graph } from "../graph.ts";
import { type GraphBuilder, graphBuilder } from "../graphBuilder.ts";
import { convolution, linear, maxPool, relu } from "../layers.ts";

/** Channels of the convolutions of configuration D; the stages end in a pooling that halves the sides. */
const stages = [
  [64, 64],
  [128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [512, 512, 512],
] as const;

const pooledSide = 7;

/**
 * VGG-16 (Simonyan and Zisserman 2015, configuration D), as torchvision builds it: 138,357,544 parameters. Dropout does
 * nothing at inference and is left out.
 *
 * @param side  height and width of the input image in pixels, at least 32
 */
export function vgg16(side: number): Graph {
  const builder = graphBuilder();
  const features = adaptiveAveragePool(builder, convolutions(builder), Math.floor(side / 2 ** stages.length));
  const flat = builder.apply("Flatten", [features]);
  const hidden = relu(builder, linear(builder, "classifier.0", flat, 512 * pooledSide * pooledSide, 4096));
  const second = relu(builder, linear(builder, "classifier.3", hidden, 4096, 4096));
  const logits = linear(builder, "classifier.6", second, 4096, 1000);
  return builder.finish(
    "vgg16",
    [{ name: "input", type: "float32", dimensions: ["batch", 3, side, side] }],
    [{ name: "logits", type: "float32", dimensions: ["batch", 1000], of: logits }],
  );
}

function convolutions(builder: GraphBuilder): string {
  let value = "input";
  let from = 3;
  let index = 0;
  for (const widths of stages) {
    for (const to of widths) {
      const shape = { from, to, kernel: 3, padding: 1 };
      value = relu(builder, convolution(builder, `features.${index}`, value, shape, { bias: true }));
      from = to;
      index += 2;
    }
    value = maxPool(builder, value, 2, 2);
    index += 1;
  }
  return value;
}

/**
 * Adaptive average pooling from any side to 7 × 7: P · X · Pᵀ with the pooling matrix of one dimension. Nothing to do when
 * the side is 7 already, as it is for the usual 224 pixels.
 */
function adaptiveAveragePool(builder: GraphBuilder, input: string, side: number): string {
  if (side === pooledSide) return input;
  const pooling = poolingMatrix(side, pooledSide);
  const rows = builder.fixed("avgpool.rows", [pooledSide, side], { kind: "floats", values: pooling });
  const columns = builder.fixed("avgpool.columns", [side, pooledSide], {
    kind: "floats",
    values: transposed(pooling, pooledSide, side),
  });
  return builder.apply("MatMul", [rows, builder.apply("MatMul", [input, columns])]);
}

/**
 * Averages of one dimension as a matrix, `to` × `from`, row-major: output i is the mean of the inputs from ⌊i·from/to⌋ to
 * ⌈(i+1)·from/to⌉ − 1, the windows of PyTorch's AdaptiveAvgPool.
 */
export function poolingMatrix(from: number, to: number): Float32Array<ArrayBuffer> {
  const matrix = new Float32Array(to * from);
  for (let row = 0; row < to; row++) {
    const start = Math.floor((row * from) / to);
    const end = Math.ceil(((row + 1) * from) / to);
    matrix.fill(1 / (end - start), row * from + start, row * from + end);
  }
  return matrix;
}

function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: rows * columns }, (_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)]!);
}
