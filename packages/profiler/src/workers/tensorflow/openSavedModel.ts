import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "@partitune/schema";
import type { ModelInput } from "../planInputs.ts";
import { cannotLearn, type Feeds, type LoadedModel } from "./loadedModel.ts";
import type { MetaGraph, SavedModels, Signature, Tensor, TensorFlow } from "./tensorflow.ts";

/** The function that serves requests, and the purpose of a graph that has it, by TensorFlow's convention. */
const usualSignature = "serving_default";
const usualTag = "serve";

/**
 * Opens a folder that TensorFlow itself has saved. Only the native packages can.
 *
 * @param signature  the function to run; when absent the one that serves requests, or the only one
 * @throws InputError when it is no SavedModel, has no such function, or runs on no native TensorFlow
 */
export async function openSavedModel(tf: TensorFlow, folder: string, signature?: string): Promise<LoadedModel> {
  if ((await stat(join(folder, "saved_model.pb")).catch(() => undefined)) === undefined) {
    throw refuse(folder, 'has neither "saved_model.pb" nor "model.json"', "give the folder that holds one of them");
  }
  if (tf.node === undefined) {
    throw refuse(
      folder,
      "is a SavedModel, which only native TensorFlow runs",
      "install @tensorflow/tfjs-node, or convert it to a model.json with tensorflowjs_converter",
    );
  }
  const { tags, name, definition } = chooseSignature(folder, await readGraphs(tf.node, folder), signature);
  const model = await load(tf.node, folder, tags, name);
  return {
    files: await listFiles(folder),
    inputs: Object.entries(definition.inputs).map(([input, { dtype, shape }]) => toModelInput(input, dtype, shape)),
    predict: async (feeds: Feeds) => listOf(tf, model.predict(feeds)),
    train: cannotLearn(folder, "a SavedModel's functions are graphs"),
  };
}

/** The graph, and the weights where it has any. */
async function listFiles(folder: string): Promise<readonly string[]> {
  const weights = await readdir(join(folder, "variables")).catch(() => []);
  return [join(folder, "saved_model.pb"), ...weights.sort().map((name) => join(folder, "variables", name))];
}

async function readGraphs(node: SavedModels, folder: string): Promise<readonly MetaGraph[]> {
  return node.getMetaGraphsFromSavedModel(folder).catch((error) => {
    throw refuse(folder, `cannot be read (${firstLine(error)})`, "save it again");
  });
}

function load(node: SavedModels, folder: string, tags: readonly string[], name: string) {
  return node.loadSavedModel(folder, tags, name).catch((error) => {
    throw refuse(
      folder,
      `cannot be loaded (${firstLine(error)})`,
      "save it again, with a TensorFlow no newer than the worker's",
    );
  });
}

function chooseSignature(folder: string, graphs: readonly MetaGraph[], asked: string | undefined) {
  const graph = graphs.find(({ tags }) => tags.includes(usualTag)) ?? graphs[0];
  const signatures = Object.entries(graph?.signatureDefs ?? {});
  const wanted = asked ?? (signatures.length === 1 ? signatures[0]![0] : usualSignature);
  const found = signatures.find(([name]) => name === wanted);
  if (graph !== undefined && found !== undefined) {
    return { tags: graph.tags, name: wanted, definition: found[1] satisfies Signature };
  }
  throw refuse(
    folder,
    signatures.length === 0 ? "has no functions to run" : `has no function "${wanted}"`,
    signatures.length === 0
      ? "save it with signatures"
      : `choose one of ${signatures.map(([name]) => `"${folder}#${name}"`).join(", ")}`,
  );
}

function toModelInput(name: string, type: string, shape: readonly { getSize(): number }[]): ModelInput {
  const sizes = shape.map((dimension) => dimension.getSize());
  return { name, type, shape: sizes.map((size) => (size < 0 ? "" : size)) };
}

function listOf(
  tf: TensorFlow,
  outputs: Tensor | readonly Tensor[] | Readonly<Record<string, Tensor>>,
): readonly Tensor[] {
  return outputs instanceof tf.Tensor ? [outputs] : Object.values(outputs);
}

function refuse(folder: string, problem: string, advice: string): InputError {
  return new InputError({ what: `model "${folder}"`, problem, advice });
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split("\n")[0]!;
}
