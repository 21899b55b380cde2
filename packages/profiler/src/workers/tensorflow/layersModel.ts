import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { Feeds, LoadedModel } from "./loadedModel.ts";
import type { TensorFlow } from "./tensorflow.ts";
import { trainingStep } from "./trainingStep.ts";

/** A model made of layers: it can answer and learn. */
export function layersModel(tf: TensorFlow, model: LayersModel, files: readonly string[] = []): LoadedModel {
  const inOrder = (feeds: Feeds) => model.inputs.map(({ name }) => feeds[name]!);
  // predict() would cut a batch into pieces of 32 and run them one after another.
  const predict = async (feeds: Feeds) => asList(model.predictOnBatch(inOrder(feeds)));
  return {
    files,
    inputs: model.inputs.map(({ name, dtype, shape }) => ({
      name,
      type: dtype,
      shape: shape.map((size) => size ?? ""),
    })),
    predict,
    train: (seed) => trainingStep(tf, model, seed, { inOrder, predict }),
  };
}

export function asList<T>(one: T | T[]): readonly T[] {
  return Array.isArray(one) ? one : [one];
}
