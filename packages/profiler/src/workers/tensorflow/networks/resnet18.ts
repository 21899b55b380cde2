import type { LayersModel, SymbolicTensor } from "@tensorflow/tfjs-layers";
import type { Builder, Convolution } from "./builder.ts";

/**
 * ResNet-18 (He et al. 2016): 11,689,512 trained parameters. Images are padded as TensorFlow does, at the far end first.
 *
 * @param side  height and width of the input image in pixels, at least 32
 */
export function resnet18(builder: Builder, side: number): LayersModel {
  const stem = normalized(builder, builder.input([side, side, 3]), { filters: 64, kernel: 7, stride: 2 });
  let value = builder.maxPooled(builder.activated(stem, "relu"), 3, 2);
  for (const [stage, filters] of [64, 128, 256, 512].entries()) {
    value = basicBlock(builder, value, filters, stage === 0 ? 1 : 2, stage > 0);
    value = basicBlock(builder, value, filters, 1, false);
  }
  return builder.finish(builder.dense(builder.globallyAveraged(value), 1000));
}

function basicBlock(
  builder: Builder,
  from: SymbolicTensor,
  filters: number,
  stride: number,
  projects: boolean,
): SymbolicTensor {
  const first = builder.activated(normalized(builder, from, { filters, kernel: 3, stride }), "relu");
  const second = normalized(builder, first, { filters, kernel: 3 });
  const shortcut = projects ? normalized(builder, from, { filters, kernel: 1, stride }) : from;
  return builder.activated(builder.add(second, shortcut), "relu");
}

function normalized(builder: Builder, from: SymbolicTensor, shape: Convolution): SymbolicTensor {
  return builder.normalized(builder.convolution(from, shape));
}
