import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openOnnxModel } from "../../../packages/profiler/src/workers/openOnnxModel.ts";
import { fillTensor } from "../../../packages/profiler/src/zoo/fillTensor.ts";
import { elements } from "../../../packages/profiler/src/zoo/graph.ts";
import { buildZooModel } from "../../../packages/profiler/src/zoo/index.ts";
import { tiny } from "../../../packages/profiler/src/zoo/networks/tiny.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "partitune-zoo-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("buildZooModel", () => {
  test("a network that is there is not built again", async () => {
    const path = await buildZooModel("zoo:tiny", folder);
    const before = await stat(path);
    expect(await buildZooModel("zoo:tiny@32", folder)).toBe(path);
    expect(await stat(path)).toEqual(before);
    expect(before.size).toBeLessThan(100_000);
  });

  test("the same network is the same bytes on every build", async () => {
    const path = await buildZooModel("zoo:tiny", folder);
    const first = await readFile(path);
    await rm(path);
    await buildZooModel("zoo:tiny", folder);
    expect(await readFile(path)).toEqual(first);
  });

  test("sizes of one network share its weight file", async () => {
    await buildZooModel("zoo:mobilenet-v2@64", folder);
    await buildZooModel("zoo:mobilenet-v2@32", folder);
    const names = await readdir(folder);
    expect(names.filter((name) => name.endsWith(".onnx"))).toHaveLength(2);
    expect(names.filter((name) => name.endsWith(".weights"))).toHaveLength(1);
    expect(names).toHaveLength(3);
  });

  test("two builds at once leave one complete file and no remains", async () => {
    const paths = await Promise.all([1, 2, 3].map(() => buildZooModel("zoo:tiny", folder)));
    expect(new Set(paths).size).toBe(1);
    expect(await readdir(folder)).toEqual([basename(paths[0]!)]);
  });

  test("a half-written file of a killed build is not taken for the network", async () => {
    const path = await buildZooModel("zoo:tiny", folder);
    await rm(path);
    await writeFile(`${path}.12345-1.part`, "half");
    expect((await stat(await buildZooModel("zoo:tiny", folder))).size).toBeGreaterThan(20_000);
  });

  test("a folder that cannot be made is an error", async () => {
    await writeFile(join(folder, "file"), "");
    await expect(buildZooModel("zoo:tiny", join(folder, "file"))).rejects.toThrow(/EEXIST|ENOTDIR/);
  });
});

describe("the tiny network", () => {
  test("computes what its layers say, by a plain convolution written for this test", async () => {
    const side = 6;
    const network = await openOnnxModel({
      model: `zoo:tiny@${side}`,
      threads: 1,
      shapes: {},
      seed: "7",
      zooFolder: folder,
    });
    const { logits } = await network.infer(1);
    const weights = new Map(tiny(side).tensors.map((tensor) => [tensor.name, floatsOf(tensor)]));
    const convolved = (input: number[], layer: string, from: number, to: number, length: number, stride: number) =>
      convolve(input, weights.get(`${layer}.weight`)!, weights.get(`${layer}.bias`)!, { from, to, length, stride });
    const image = [...(network.feeds(1).input!.data as Float32Array)];
    const second = convolved(convolved(image, "conv1", 3, 16, side, 2), "conv2", 16, 32, side / 2, 1);
    const pooled = Array.from({ length: 32 }, (_, channel) => mean(second.slice(channel * 9, channel * 9 + 9)));
    const matrix = weights.get("fc.weight")!;
    const expected = weights
      .get("fc.bias")!
      .map((bias, i) => bias + pooled.reduce((sum, value, k) => sum + value * matrix[i * 32 + k]!, 0));
    (logits!.data as Float32Array).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 5);
    });
  });
});

function floatsOf(tensor: ReturnType<typeof tiny>["tensors"][number]): number[] {
  const bytes = Buffer.concat([...fillTensor(tensor, "tiny").produce()]);
  return Array.from({ length: elements(tensor.dimensions) }, (_, i) => bytes.readFloatLE(i * 4));
}

/** Rectified 3 × 3 convolution with a border of one zero; channels × rows × columns in and out. */
function convolve(
  input: readonly number[],
  weight: readonly number[],
  bias: readonly number[],
  { from, to, length, stride }: { from: number; to: number; length: number; stride: number },
): number[] {
  const side = Math.floor((length - 1) / stride) + 1;
  const at = (channel: number, row: number, column: number) =>
    row < 0 || column < 0 || row >= length || column >= length ? 0 : input[(channel * length + row) * length + column]!;
  return Array.from({ length: to * side * side }, (_, i) => {
    const [out, row, column] = [Math.floor(i / (side * side)), Math.floor(i / side) % side, i % side];
    let sum = bias[out]!;
    for (let channel = 0; channel < from; channel++)
      for (let y = 0; y < 3; y++)
        for (let x = 0; x < 3; x++)
          sum +=
            weight[((out * from + channel) * 3 + y) * 3 + x]! *
            at(channel, row * stride + y - 1, column * stride + x - 1);
    return Math.max(0, sum);
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
