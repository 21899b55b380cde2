import { beforeAll, describe, expect, test } from "vitest";
import {
  networkBuilder,
  tensorflowNetworks,
} from "../../../../packages/profiler/src/workers/tensorflow/networks/index.ts";
import { openTensorflow } from "../../../../packages/profiler/src/workers/tensorflow/openTensorflow.ts";
import type { TensorFlow } from "../../../../packages/profiler/src/workers/tensorflow/tensorflow.ts";

let tf: TensorFlow;
beforeAll(async () => {
  ({ tf } = await openTensorflow({ device: "cpu", threads: 1 }, []));
});

function build(name: keyof typeof tensorflowNetworks, size: number, seed = 1) {
  return tensorflowNetworks[name].build(networkBuilder(tf, seed), size);
}

describe("networks that the TensorFlow worker builds itself", () => {
  // Trained parameters: torchvision's resnet18; keras.applications' MobileNet and MobileNetV2; Keras's example mnist_mlp.
  test.each([
    ["resnet18", 11_689_512, 1000],
    ["mobilenet", 4_231_976, 1000],
    ["mobilenet-v2", 3_504_872, 1000],
    ["mlp", 669_706, 10],
    ["tiny", 5_418, 10],
  ] as const)("%s has %d trained parameters and %d classes", (name, parameters, classes) => {
    const model = build(name, name === "mlp" ? 784 : 32);
    const sizes = model.trainableWeights.map(({ shape }) => shape.reduce((a: number, b) => a * b!, 1));
    expect(sizes.reduce((a, b) => a + b, 0)).toBe(parameters);
    expect(model.outputs.map(({ shape }) => shape)).toEqual([[null, classes]]);
    model.dispose();
  });

  test("an image is halved five times on its way: 224 pixels become 7", () => {
    for (const name of ["resnet18", "mobilenet", "mobilenet-v2"] as const) {
      const model = build(name, 224);
      const pooled = model.layers.find((layer) => layer.getClassName() === "GlobalAveragePooling2D")!;
      expect((pooled.input as { shape: unknown }).shape, name).toMatchObject([null, 7, 7, expect.any(Number)]);
      model.dispose();
    }
  });

  test("the seed fixes the weights; no two layers have the same", () => {
    const weights = (seed: number) =>
      build("tiny", 32, seed)
        .getWeights()
        .map((weight) => Array.from(weight.dataSync()));
    const first = weights(1);
    expect(weights(1)).toEqual(first);
    expect(weights(2)).not.toEqual(first);
    const [a, , b] = build("mlp", 512, 1).getWeights();
    expect(a!.shape).toEqual(b!.shape);
    expect(a!.dataSync()).not.toEqual(b!.dataSync());
  });
});
