import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { Builder } from "./builder.ts";

/**
 * Two small convolutions and a classifier, 5,418 parameters, as in the zoo of ONNX networks. Not a published network.
 *
 * @param side  height and width of the input image in pixels, at least 4
 */
export function tiny(builder: Builder, side: number): LayersModel {
  const image = builder.input([side, side, 3]);
  const first = builder.activated(builder.convolution(image, { filters: 16, kernel: 3, stride: 2 }, true), "relu");
  const second = builder.activated(builder.convolution(first, { filters: 32, kernel: 3 }, true), "relu");
  return builder.finish(builder.dense(builder.globallyAveraged(second), 10));
}
