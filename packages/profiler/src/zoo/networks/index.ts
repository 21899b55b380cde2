import type { Graph } from "../graph.ts";
import { bertBase } from "./bert.ts";
import { mobilenetV2 } from "./mobilenet.ts";
import { resnet18, resnet50 } from "./resnet.ts";
import { tiny } from "./tiny.ts";
import { vgg16 } from "./vgg.ts";

/** A network of the zoo and the one size it can be asked for in. */
export interface ZooNetwork {
  readonly title: string;
  readonly parameters: number;
  /** What the number after "@" means. */
  readonly size: { readonly meaning: string; readonly default: number; readonly least: number; readonly most: number };
  readonly build: (size: number) => Graph;
}

const imageSide = { meaning: "side of the square input image, pixels", default: 224, least: 32, most: 4096 };

/** All networks of the zoo, by the name used after "zoo:". */
export const zooNetworks = {
  resnet18: { title: "ResNet-18", parameters: 11_689_512, size: imageSide, build: resnet18 },
  resnet50: { title: "ResNet-50", parameters: 25_557_032, size: imageSide, build: resnet50 },
  vgg16: { title: "VGG-16", parameters: 138_357_544, size: imageSide, build: vgg16 },
  "mobilenet-v2": { title: "MobileNetV2", parameters: 3_504_872, size: imageSide, build: mobilenetV2 },
  "bert-base": {
    title: "BERT-base encoder",
    parameters: 109_482_240,
    size: { meaning: "sequence length, tokens", default: 128, least: 1, most: 512 },
    build: bertBase,
  },
  tiny: {
    title: "two small convolutions, for trying things out",
    parameters: 5_418,
    size: { ...imageSide, default: 32, least: 4 },
    build: tiny,
  },
} as const satisfies Record<string, ZooNetwork>;

export type ZooName = keyof typeof zooNetworks;
