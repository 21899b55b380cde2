import type { LayersModel, SymbolicTensor } from "@tensorflow/tfjs-layers";
import type { Builder } from "./builder.ts";

/** Table 1 of the paper: filters of the pointwise convolution and stride of the depthwise one before it. */
const separable = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
] as const;

/**
 * MobileNet of width 1 (Howard et al. 2017): 4,231,976 trained parameters, as in Keras.
 *
 * @param side  height and width of the input image in pixels, at least 32
 */
export function mobilenet(builder: Builder, side: number): LayersModel {
  let value = convolution(builder, builder.input([side, side, 3]), { filters: 32, kernel: 3, stride: 2 });
  for (const [filters, stride] of separable) {
    value = convolution(builder, depthwise(builder, value, stride), { filters, kernel: 1 });
  }
  return builder.finish(builder.dense(builder.globallyAveraged(value), 1000));
}

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
 * MobileNetV2 of width 1 (Sandler et al. 2018): 3,504,872 trained parameters, as in Keras.
 *
 * @param side  height and width of the input image in pixels, at least 32
 */
export function mobilenetV2(builder: Builder, side: number): LayersModel {
  let value = convolution(builder, builder.input([side, side, 3]), { filters: 32, kernel: 3, stride: 2 });
  let channels = 32;
  for (const [expansion, filters, repeats, firstStride] of stages) {
    for (let repeat = 0; repeat < repeats; repeat++) {
      const stride = repeat === 0 ? firstStride : 1;
      const narrow = invertedResidual(builder, value, { hidden: channels * expansion, channels, filters, stride });
      value = stride === 1 && channels === filters ? builder.add(value, narrow) : narrow;
      channels = filters;
    }
  }
  const wide = convolution(builder, value, { filters: 1280, kernel: 1 });
  return builder.finish(builder.dense(builder.globallyAveraged(wide), 1000));
}

interface Residual {
  readonly hidden: number;
  readonly channels: number;
  readonly filters: number;
  readonly stride: number;
}

/** Widens, filters each channel, and narrows without an activation. */
function invertedResidual(builder: Builder, from: SymbolicTensor, shape: Residual): SymbolicTensor {
  const { hidden, channels, filters, stride } = shape;
  const wide = hidden === channels ? from : convolution(builder, from, { filters: hidden, kernel: 1 });
  return builder.normalized(builder.convolution(depthwise(builder, wide, stride), { filters, kernel: 1 }));
}

function convolution(
  builder: Builder,
  from: SymbolicTensor,
  shape: { readonly filters: number; readonly kernel: number; readonly stride?: number },
): SymbolicTensor {
  return builder.activated(builder.normalized(builder.convolution(from, shape)), "relu6");
}

function depthwise(builder: Builder, from: SymbolicTensor, stride: number): SymbolicTensor {
  return builder.activated(builder.normalized(builder.depthwise(from, { kernel: 3, stride })), "relu6");
}
