import { mkdirSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { LoadedModel } from "../../../../packages/profiler/src/workers/tensorflow/loadedModel.ts";
import { openModel } from "../../../../packages/profiler/src/workers/tensorflow/openModel.ts";
import {
  type OpenTensorflow,
  openTensorflow,
} from "../../../../packages/profiler/src/workers/tensorflow/openTensorflow.ts";
import { openTensorflowModel } from "../../../../packages/profiler/src/workers/tensorflow/openTensorflowModel.ts";
import type { TensorFlow } from "../../../../packages/profiler/src/workers/tensorflow/tensorflow.ts";
import { temporaryFolder } from "../../fixtures/temporaryFolder.ts";
import { bias, kernel, writeGraphModel, writeLayersModel } from "../../fixtures/tensorflow/writeModels.ts";

type Tensor2D = ReturnType<TensorFlow["tensor2d"]>;

let opened: OpenTensorflow;
beforeAll(async () => {
  opened = await openTensorflow({ device: "cpu", threads: 1 }, []);
});

const options = { task: "inference", device: "cpu", threads: 1, shapes: {}, seed: "1" } as const;
const features = [
  [1, 0, -1, 2],
  [0.5, 3, 0, -2],
];

/** Rows of scores, worked out here. */
function scores(added: readonly number[]): number[][] {
  return features.map((row) =>
    added.map((start, k) => row.reduce((sum, value, j) => sum + value * kernel[3 * j + k]!, start)),
  );
}

function softmax(row: readonly number[]): number[] {
  const powers = row.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

async function predict(model: LoadedModel, rows: readonly (readonly number[])[]): Promise<number[][][]> {
  const { name } = model.inputs[0]!;
  const outputs = await model.predict({ [name]: opened.tf.tensor2d(rows.map((row) => [...row])) });
  return outputs.map((output) => (output as Tensor2D).arraySync());
}

function closeTo(found: readonly (readonly number[])[], expected: readonly (readonly number[])[]): void {
  for (const [i, row] of found.entries()) {
    for (const [j, value] of row.entries()) expect(value).toBeCloseTo(expected[i]![j]!, 5);
  }
  expect(found.map((row) => row.length)).toEqual(expected.map((row) => row.length));
}

describe("what a model answers", () => {
  test("a layers model from its files, weights in several of them", async () => {
    const path = await writeLayersModel(temporaryFolder());
    const model = await openModel(opened.tf, path, "1");
    expect(model.inputs).toEqual([{ name: expect.any(String), type: "float32", shape: ["", 4] }]);
    expect(model.files).toEqual(["model.json", "kernel.bin", "bias.bin"].map((name) => join(dirname(path), name)));
    closeTo((await predict(model, features))[0]!, scores(bias).map(softmax));
  });

  test("a graph model, given by its folder; a weight that is an output stays", async () => {
    const folder = temporaryFolder();
    await writeGraphModel(folder);
    const model = await openModel(opened.tf, folder, "1");
    for (let again = 0; again < 2; again++) {
      const outputs = await predict(model, features);
      expect(outputs).toHaveLength(1);
      closeTo(outputs[0]!, scores([0, 0, 0]));
    }
  });

  test("a graph whose outputs have a size known only at run time", async () => {
    const folder = temporaryFolder();
    await writeGraphModel(folder, "where");
    const model = await openModel(opened.tf, folder, "1");
    const above = [
      [0, 0],
      [0, 3],
      [1, 0],
      [1, 1],
    ];
    for (let again = 0; again < 2; again++) expect(await predict(model, features)).toEqual([above]);
  });

  test("a batch above 32 runs as one", async () => {
    const path = await writeLayersModel(temporaryFolder(), { activation: "linear" });
    const model = await openModel(opened.tf, path, "1");
    const { name } = model.inputs[0]!;
    const [output] = await model.predict({ [name]: opened.tf.zeros([70, 4]) });
    expect(output!.shape).toEqual([70, 3]);
  });
});

describe("tensors", () => {
  test.each([
    ["zoo:tiny", "inference"],
    ["zoo:tiny", "training"],
    ["zoo:mlp@20", "training"],
    ["zoo:mobilenet-v2@32", "inference"],
  ] as const)("%s, %s: however many batches are run, there are no more of them", async (model, task) => {
    const engine = await openTensorflowModel(opened, { ...options, model, task });
    const count = async (batch: number) => {
      await engine.prepare(batch);
      await engine.run(batch);
      return opened.tf.memory().numTensors;
    };
    await count(2);
    const before = await count(2);
    for (let i = 0; i < 5; i++) await count(2);
    expect(await count(3)).toBe(before);
    expect(await count(1)).toBe(before);
    expect(await count(2)).toBe(before);
  });

  test("of graphs and of refused batches neither", async () => {
    const folder = temporaryFolder();
    await writeGraphModel(folder, "where");
    const engine = await openTensorflowModel(opened, { ...options, model: folder });
    await engine.run(2);
    const before = opened.tf.memory().numTensors;
    for (let i = 0; i < 5; i++) await engine.run(2);
    expect(opened.tf.memory().numTensors).toBe(before);
  });
});

describe("training", () => {
  test.each(["sparse_categorical_crossentropy", "categorical_crossentropy", "mean_squared_error"])(
    "a model with %s learns its labels by the optimizer it was saved with",
    async (loss) => {
      const path = await writeLayersModel(temporaryFolder(), { loss });
      const model = await openModel(opened.tf, path, "1");
      const { labels, step } = model.train("1");
      const feeds = { [model.inputs[0]!.name]: opened.tf.tensor2d(features) };
      const targets = await labels(feeds);
      expect(targets.map(({ shape }) => shape)).toEqual([[2, loss.startsWith("sparse") ? 1 : 3]]);
      const losses: number[] = [];
      for (let i = 0; i < 20; i++) losses.push(...(await step(feeds, targets)));
      expect(losses).toHaveLength(20);
      for (const [i, value] of losses.slice(1).entries()) expect(value).toBeLessThan(losses[i]!);
    },
  );

  test("a network of the zoo learns, too", async () => {
    const model = await openModel(opened.tf, "zoo:tiny", "1");
    const { labels, step } = model.train("1");
    const feeds = { [model.inputs[0]!.name]: opened.tf.randomUniform([4, 32, 32, 3], -1, 1, "float32", 1) };
    const targets = await labels(feeds);
    const [first] = await step(feeds, targets);
    for (let i = 0; i < 10; i++) await step(feeds, targets);
    const [last] = await step(feeds, targets);
    expect(last!).toBeLessThan(first!);
  });

  test("settings of training that are unknown are no obstacle to inference", async () => {
    const path = await writeLayersModel(temporaryFolder(), { loss: "own_loss" });
    const engine = await openTensorflowModel(opened, { ...options, model: path });
    await engine.run(2);
    const learning = await openModel(opened.tf, path, "1");
    expect(() => learning.train("1")).toThrow("was saved with settings of training that TensorFlow.js does not have");
  });

  test("a graph cannot", async () => {
    const folder = temporaryFolder();
    await writeGraphModel(folder);
    const refused = openTensorflowModel(opened, { ...options, model: folder, task: "training" });
    await expect(refused).rejects.toThrow("cannot take training steps: it is a graph, whose weights are constants");
  });
});

describe("memory that is full is a result", () => {
  test("every item of 40,000 with every other takes 6.4 GB, more than 32 bits address; a small batch still runs", async () => {
    const folder = temporaryFolder();
    await writeGraphModel(folder, "outer");
    const engine = await openTensorflowModel(opened, { ...options, model: folder });
    await expect(engine.run(40_000)).rejects.toMatchObject({ code: "out-of-memory" });
    await engine.run(3);
  });
});

describe("bad input", () => {
  const open = (model: string, more: object = {}) => openTensorflowModel(opened, { ...options, model, ...more });

  test.each([
    ["zoo:mobilenett", 'choose one of "zoo:resnet18", "zoo:mobilenet", "zoo:mobilenet-v2"'],
    ["zoo:mobilenet@8", 'asks for a size of "8"; the size is the side of the square input image, pixels, 32 to 4096'],
    ["no/such/model.json", 'model "no/such/model.json" does not exist'],
    ["no/such/folder#f", 'model "no/such/folder#f" does not exist'],
  ])("%s: %s", async (model, words) => {
    await expect(open(model)).rejects.toThrow(words);
  });

  test("a folder of nothing, a SavedModel without native TensorFlow", async () => {
    const folder = temporaryFolder();
    await expect(open(folder)).rejects.toThrow('has neither "saved_model.pb" nor "model.json"');
    writeFileSync(join(folder, "saved_model.pb"), "");
    await expect(open(folder)).rejects.toThrow(
      "is a SavedModel, which only native TensorFlow runs; install @tensorflow/tfjs-node",
    );
  });

  test("a file that is no JSON, that is none of a model, that names layers unknown", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "model.json");
    writeFileSync(path, "{");
    await expect(open(path)).rejects.toThrow("is no JSON");
    writeFileSync(path, "[1]");
    await expect(open(path)).rejects.toThrow('has no "modelTopology"');
    writeFileSync(
      path,
      '{"modelTopology":{"class_name":"Sequential","config":{"name":"s","layers":[{"class_name":"Odd"}]}}}',
    );
    await expect(open(path)).rejects.toThrow("cannot be loaded (layer: Improper config format");
  });

  test("a weight file that is missing is named; one that is too short is told by its size", async () => {
    const path = await writeLayersModel(temporaryFolder());
    const shard = join(dirname(path), "bias.bin");
    truncateSync(shard, 8);
    await expect(open(path)).rejects.toThrow("needs 60 bytes of weights; its files have 56");
    unlinkSync(shard);
    await expect(open(path)).rejects.toThrow(`needs the weight file "${shard}", which does not exist`);
    mkdirSync(shard);
    await expect(open(path)).rejects.toThrow(`needs the weight file "${shard}", which cannot be read (EISDIR`);
  });

  test("a model built for one batch size says which; a shape of no input", async () => {
    const path = await writeLayersModel(temporaryFolder(), { batch: 8 });
    const engine = await open(path);
    await engine.run(8);
    await expect(engine.run(2)).rejects.toMatchObject({
      code: "bad-batch",
      message: expect.stringContaining("batch 8"),
    });
    await expect(open(path, { shapes: { y: [4] } })).rejects.toThrow('option --shape "y" names no input');
  });
});
