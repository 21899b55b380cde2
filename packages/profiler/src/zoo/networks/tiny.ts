import type { Graph } from "../graph.ts";
import { graphBuilder } from "../graphBuilder.ts";
import { convolution, globalAveragePool, linear, relu } from "../layers.ts";

/**
 * Two small convolutions and a classifier, 5,418 parameters: for trying things out in milliseconds. Not a published network.
 *
 * @param side  height and width of the input image in pixels, at least 4
 */
export function tiny(side: number): Graph {
  const builder = graphBuilder();
  const first = convolution(
    builder,
    "conv1",
    "input",
    { from: 3, to: 16, kernel: 3, stride: 2, padding: 1 },
    { bias: true },
  );
  const second = convolution(
    builder,
    "conv2",
    relu(builder, first),
    { from: 16, to: 32, kernel: 3, padding: 1 },
    { bias: true },
  );
  const logits = linear(builder, "fc", globalAveragePool(builder, relu(builder, second)), 32, 10);
  return builder.finish(
    "tiny",
    [{ name: "input", type: "float32", dimensions: ["batch", 3, side, side] }],
    [{ name: "logits", type: "float32", dimensions: ["batch", 10], of: logits }],
  );
}
