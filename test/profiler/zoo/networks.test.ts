import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openOnnxModel } from "../../../packages/profiler/src/workers/openOnnxModel.ts";
import {
  parameterCount,
  type ZooName,
  type ZooNetwork,
  zooNetworks,
} from "../../../packages/profiler/src/zoo/index.ts";

const networks: readonly (readonly [string, ZooNetwork])[] = Object.entries(zooNetworks);

/** torchvision's documentation of its weights; for BERT the sum over bert-base-uncased's tensors. */
const published: Readonly<Record<ZooName, number>> = {
  resnet18: 11_689_512,
  resnet50: 25_557_032,
  vgg16: 138_357_544,
  "mobilenet-v2": 3_504_872,
  "bert-base": 109_482_240,
  tiny: 16 * 27 + 16 + 32 * 144 + 32 + 320 + 10,
};

describe("parameter counts", () => {
  test.each(networks)("%s has as many parameters as published, at every size", (name, network) => {
    for (const size of [network.size.least, network.size.default]) {
      expect(parameterCount(network.build(size))).toBe(published[name as ZooName]);
    }
    expect(network.parameters).toBe(published[name as ZooName]);
  });
});

describe("on ONNX Runtime", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "partitune-zoo-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each([
    ["zoo:tiny@4", 2, { logits: [2, 10] }],
    ["zoo:resnet18@32", 2, { logits: [2, 1000] }],
    ["zoo:resnet50@45", 1, { logits: [1, 1000] }],
    ["zoo:mobilenet-v2@32", 3, { logits: [3, 1000] }],
    ["zoo:vgg16@32", 1, { logits: [1, 1000] }],
    ["zoo:bert-base@5", 2, { last_hidden_state: [2, 5, 768], pooler_output: [2, 768] }],
  ])("%s gives outputs of the right shape, finite and not all alike", async (model, batch, shapes) => {
    const network = await openOnnxModel({ model, threads: 1, shapes: {}, seed: "1", zooFolder: folder });
    network.prepare(batch);
    const outputs = await network.infer(batch);
    expect(Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, tensor.dims]))).toEqual(shapes);
    for (const tensor of Object.values(outputs)) {
      const values = [...(tensor.data as Float32Array)];
      expect(values.every((value) => Number.isFinite(value) && Math.abs(value) < 1e4)).toBe(true);
      expect(new Set(values).size).toBeGreaterThan(values.length / 2);
    }
  });
});
