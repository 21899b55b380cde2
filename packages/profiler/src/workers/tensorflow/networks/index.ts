import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { Builder } from "./builder.ts";
import { mlp } from "./mlp.ts";
import { mobilenet, mobilenetV2 } from "./mobilenet.ts";
import { resnet18 } from "./resnet18.ts";
import { tiny } from "./tiny.ts";

export { networkBuilder } from "./builder.ts";

/** A network that the TensorFlow worker builds itself, of random weights, and the one size it can be asked for in. */
export interface TensorflowNetwork {
  readonly title: string;
  /** What the number after "@" means. */
  readonly size: { readonly meaning: string; readonly default: number; readonly least: number; readonly most: number };
  readonly build: (builder: Builder, size: number) => LayersModel;
}

const imageSide = { meaning: "side of the square input image, pixels", default: 224, least: 32, most: 4096 };

/** All of them, by the name used after "zoo:". */
export const tensorflowNetworks = {
  resnet18: { title: "ResNet-18", size: imageSide, build: resnet18 },
  mobilenet: { title: "MobileNet", size: imageSide, build: mobilenet },
  "mobilenet-v2": { title: "MobileNetV2", size: imageSide, build: mobilenetV2 },
  mlp: {
    title: "two hidden layers of 512 units",
    size: { meaning: "number of input features", default: 784, least: 1, most: 65_536 },
    build: mlp,
  },
  tiny: {
    title: "two small convolutions, for trying things out",
    size: { ...imageSide, default: 32, least: 4 },
    build: tiny,
  },
} as const satisfies Record<string, TensorflowNetwork>;
