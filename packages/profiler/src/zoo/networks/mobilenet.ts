import type { Graph } from "../graph.ts";
import { type GraphBuilder, graphBuilder } from "../graphBuilder.ts";
import { batchNormalization, type ConvolutionShape, convolution, globalAveragePool, linear } from "../layers.ts";

/** Table 2 of the paper: expansion t, channels c, repeats n, stride s of the first repeat. */
const stages = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/**
 * MobileNetV2 of width 1 (Sandler et al. 2018), as torchvision builds it: 3,504,872 parameters.
 *
 * @param side  height and width of the input image in pixels, at least 32
 */
export function mobilenetV2(side: number): Graph {
  const builder = graphBuilder();
  builder.fixed("relu6.low", [], { kind: "constant", value: 0 });
  builder.fixed("relu6.high", [], { kind: "constant", value: 6 });
  let value = relu6(builder, normalized(builder, "features.0", "input", { from: 3, to: 32, kernel: 3, stride: 2 }));
  let channels = 32;
  let index = 1;
  for (const [expansion, to, repeats, firstStride] of stages) {
    for (let repeat = 0; repeat < repeats; repeat++) {
      const stride = repeat === 0 ? firstStride : 1;
      value = invertedResidual(builder, `features.${index}.conv`, value, channels, to, expansion, stride);
      channels = to;
      index += 1;
    }
  }
  value = relu6(builder, normalized(builder, `features.${index}`, value, { from: channels, to: 1280, kernel: 1 }));
  const logits = linear(builder, "classifier.1", globalAveragePool(builder, value), 1280, 1000);
  return builder.finish(
    "mobilenet-v2",
    [{ name: "input", type: "float32", dimensions: ["batch", 3, side, side] }],
    [{ name: "logits", type: "float32", dimensions: ["batch", 1000], of: logits }],
  );
}

function invertedResidual(
  builder: GraphBuilder,
  name: string,
  input: string,
  from: number,
  to: number,
  expansion: number,
  stride: number,
): string {
  const hidden = from * expansion;
  const steps: readonly ConvolutionShape[] = [
    ...(expansion === 1 ? [] : [{ from, to: hidden, kernel: 1 }]),
    { from: hidden, to: hidden, kernel: 3, stride, groups: hidden },
  ];
  const expanded = steps.reduce(
    (value, shape, i) => relu6(builder, normalized(builder, `${name}.${i}`, value, shape)),
    input,
  );
  const shape = { from: hidden, to, kernel: 1 };
  const projected = batchNormalization(
    builder,
    `${name}.${steps.length + 1}`,
    convolution(builder, `${name}.${steps.length}`, expanded, shape, { gain: 1 }),
    to,
  );
  return stride === 1 && from === to ? builder.apply("Add", [input, projected]) : projected;
}

function normalized(builder: GraphBuilder, name: string, input: string, shape: ConvolutionShape): string {
  const padded = { ...shape, padding: (shape.kernel - 1) / 2 };
  return batchNormalization(builder, `${name}.1`, convolution(builder, `${name}.0`, input, padded), shape.to);
}

function relu6(builder: GraphBuilder, input: string): string {
  return builder.apply("Clip", [input, "relu6.low", "relu6.high"]);
}
