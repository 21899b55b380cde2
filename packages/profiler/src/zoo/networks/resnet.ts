import type { Graph } from "../graph.ts";
import { type GraphBuilder, graphBuilder } from "../graphBuilder.ts";
import { batchNormalization, convolution, globalAveragePool, linear, maxPool, relu } from "../layers.ts";

/** One residual block: what is added to the input, and the channels it leaves. */
type Branch = (
  builder: GraphBuilder,
  name: string,
  input: string,
  from: number,
  width: number,
  stride: number,
) => string;

interface Architecture {
  readonly name: string;
  readonly branch: Branch;
  /** Channels a block leaves, as a multiple of its width. */
  readonly expansion: number;
  /** Blocks in each of the four stages. */
  readonly blocks: readonly number[];
}

/**
 * ResNet-18 (He et al. 2016), as torchvision builds it: 11,689,512 parameters.
 *
 * @param side  height and width of the input image in pixels, at least 32
 */
export function resnet18(side: number): Graph {
  return resnet({ name: "resnet18", branch: basicBranch, expansion: 1, blocks: [2, 2, 2, 2] }, side);
}

/** ResNet-50 with the stride on the 3 × 3 convolution ("v1.5"), as torchvision builds it: 25,557,032 parameters. */
export function resnet50(side: number): Graph {
  return resnet({ name: "resnet50", branch: bottleneckBranch, expansion: 4, blocks: [3, 4, 6, 3] }, side);
}

function resnet(architecture: Architecture, side: number): Graph {
  const builder = graphBuilder();
  const stem = convolution(builder, "conv1", "input", { from: 3, to: 64, kernel: 7, stride: 2, padding: 3 });
  let value = maxPool(builder, relu(builder, batchNormalization(builder, "bn1", stem, 64)), 3, 2, 1);
  let channels = 64;
  architecture.blocks.forEach((count, stage) => {
    const width = 64 * 2 ** stage;
    for (let index = 0; index < count; index++) {
      const stride = stage > 0 && index === 0 ? 2 : 1;
      value = block(builder, architecture, `layer${stage + 1}.${index}`, value, channels, width, stride);
      channels = width * architecture.expansion;
    }
  });
  const logits = linear(builder, "fc", globalAveragePool(builder, value), channels, 1000);
  return builder.finish(
    architecture.name,
    [{ name: "input", type: "float32", dimensions: ["batch", 3, side, side] }],
    [{ name: "logits", type: "float32", dimensions: ["batch", 1000], of: logits }],
  );
}

function block(
  builder: GraphBuilder,
  architecture: Architecture,
  name: string,
  input: string,
  from: number,
  width: number,
  stride: number,
): string {
  const to = width * architecture.expansion;
  const branch = architecture.branch(builder, name, input, from, width, stride);
  const shortcut =
    stride === 1 && from === to
      ? input
      : normalized(builder, `${name}.downsample`, ["0", "1"], input, from, to, 1, stride);
  return relu(builder, builder.apply("Add", [branch, shortcut]));
}

const basicBranch: Branch = (builder, name, input, from, width, stride) => {
  const first = normalized(builder, name, ["conv1", "bn1"], input, from, width, 3, stride);
  return normalized(builder, name, ["conv2", "bn2"], relu(builder, first), width, width, 3, 1);
};

const bottleneckBranch: Branch = (builder, name, input, from, width, stride) => {
  const first = normalized(builder, name, ["conv1", "bn1"], input, from, width, 1, 1);
  const second = normalized(builder, name, ["conv2", "bn2"], relu(builder, first), width, width, 3, stride);
  return normalized(builder, name, ["conv3", "bn3"], relu(builder, second), width, width * 4, 1, 1);
};

function normalized(
  builder: GraphBuilder,
  name: string,
  [conv, norm]: readonly [string, string],
  input: string,
  from: number,
  to: number,
  kernel: number,
  stride: number,
): string {
  const shape = { from, to, kernel, stride, padding: (kernel - 1) / 2 };
  return batchNormalization(builder, `${name}.${norm}`, convolution(builder, `${name}.${conv}`, input, shape), to);
}
