import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError } from "@partitune/schema";
import type { io } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { ModelInput } from "../planInputs.ts";
import { asList, layersModel } from "./layersModel.ts";
import { cannotLearn, type Feeds, type LoadedModel } from "./loadedModel.ts";
import type { Tensor, TensorFlow } from "./tensorflow.ts";

/** What stands in a model.json. */
type ModelFile = Omit<io.ModelJSON, "modelTopology"> & { readonly modelTopology: Readonly<Record<string, unknown>> };
type TrainingSettings = Parameters<LayersModel["loadTrainingConfig"]>[0];

/**
 * Opens a model.json of TensorFlow.js, a layers model or a graph model, with the weight files beside it.
 *
 * @throws InputError when the file is none, when a weight file is missing, or when they do not fit together
 */
export async function openModelFile(tf: TensorFlow, path: string): Promise<LoadedModel> {
  const file = await readModelFile(path);
  const shards = (file.weightsManifest ?? []).flatMap(({ paths }) => paths).map((name) => join(dirname(path), name));
  const files = [path, ...shards];
  const handler = { load: async () => withWeights(path, file, shards) };
  try {
    return isGraph(file) ? await openGraph(tf, path, handler, files) : await openLayers(tf, path, file, files, handler);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw refuse(path, `cannot be loaded (${firstLine(error)})`, "convert it again, for TensorFlow.js 4");
  }
}

async function readModelFile(path: string): Promise<ModelFile> {
  const text = await readFile(path, "utf8");
  const advice = "give a model.json of TensorFlow.js, or the folder of a SavedModel";
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    throw refuse(path, "is no JSON", advice);
  }
  const { modelTopology } = (file ?? {}) as { readonly modelTopology?: unknown };
  if (typeof modelTopology === "object" && modelTopology !== null) return file as ModelFile;
  throw refuse(path, 'has no "modelTopology"', advice);
}

function isGraph({ format, modelTopology }: ModelFile): boolean {
  return format === "graph-model" || (format === undefined && Array.isArray(modelTopology.node));
}

async function withWeights(path: string, file: ModelFile, shards: readonly string[]): Promise<io.ModelArtifacts> {
  const weightSpecs = (file.weightsManifest ?? []).flatMap(({ weights }) => weights);
  const weightData = Buffer.concat(await Promise.all(shards.map((shard) => readShard(path, shard))));
  const needed = weightSpecs.reduce((bytes, spec) => bytes + storedBytes(spec), 0);
  if (weightData.length < needed) {
    throw refuse(path, `needs ${needed} bytes of weights; its files have ${weightData.length}`, "copy them again");
  }
  // Settings of training that TensorFlow.js does not know are no obstacle to inference.
  const { weightsManifest: _, trainingConfig: __, ...rest } = file;
  return { ...rest, weightSpecs, weightData: Uint8Array.from(weightData).buffer } as io.ModelArtifacts;
}

async function readShard(path: string, shard: string): Promise<Buffer> {
  try {
    return await readFile(shard);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const problem = `needs the weight file "${shard}", which ${missing ? "does not exist" : `cannot be read (${firstLine(error)})`}`;
    throw refuse(path, problem, `keep all weight files beside ${basename(path)}`);
  }
}

const bytesPer: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1, float16: 2, uint8: 1, uint16: 2 };

/** Bytes of a weight in its file; nought where it cannot be told beforehand, as of texts. */
function storedBytes({ shape, dtype, quantization }: io.WeightsManifestEntry): number {
  const size = bytesPer[quantization?.dtype ?? dtype] ?? 0;
  return size * shape.reduce((product, length) => product * length, 1);
}

async function openLayers(
  tf: TensorFlow,
  path: string,
  file: ModelFile,
  files: readonly string[],
  handler: io.IOHandler,
): Promise<LoadedModel> {
  const model = await tf.loadLayersModel(handler);
  const settings = file.trainingConfig ?? file.modelTopology.training_config;
  const loaded = layersModel(tf, model, files);
  return {
    ...loaded,
    train(seed) {
      if (settings !== undefined && settings !== null) loadTrainingSettings(path, model, settings as TrainingSettings);
      return loaded.train(seed);
    },
  };
}

function loadTrainingSettings(path: string, model: LayersModel, settings: TrainingSettings): void {
  try {
    model.loadTrainingConfig(settings);
  } catch (error) {
    const problem = `was saved with settings of training that TensorFlow.js does not have (${firstLine(error)})`;
    throw refuse(path, problem, "save it without an optimizer");
  }
}

async function openGraph(
  tf: TensorFlow,
  path: string,
  handler: io.IOHandler,
  files: readonly string[],
): Promise<LoadedModel> {
  const model = await tf.loadGraphModel(handler);
  const weights = new Set(Object.values(model.weights).flat());
  let dynamic = false;
  const answer = async (feeds: Feeds): Promise<Tensor | Tensor[]> => {
    if (dynamic) return model.executeAsync({ ...feeds });
    try {
      return model.execute({ ...feeds });
    } catch (error) {
      if (!/executeAsync/.test(firstLine(error))) throw error;
      dynamic = true;
      return model.executeAsync({ ...feeds });
    }
  };
  return {
    files,
    inputs: model.inputs.map(({ name, dtype, shape }) => toModelInput(path, name, dtype, shape)),
    predict: async (feeds) => asList(await answer(feeds)).filter((output) => !weights.has(output)),
    train: cannotLearn(path, "it is a graph, whose weights are constants"),
  };
}

/** A graph's input; sizes left open are negative in its file. */
function toModelInput(path: string, name: string, type: string, shape: readonly number[] | undefined): ModelInput {
  if (shape !== undefined) return { name, type, shape: shape.map((size) => (size < 0 ? "" : size)) };
  throw refuse(
    path,
    `does not say the shape of its input "${name}"`,
    "convert it again, with the shapes of its inputs",
  );
}

function refuse(path: string, problem: string, advice: string): InputError {
  return new InputError({ what: `model "${path}"`, problem, advice });
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split("\n")[0]!;
}
