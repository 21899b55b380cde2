import { InputError } from "@partitune/schema";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { ModelInput } from "../planInputs.ts";
import type { Tensor, TensorFlow } from "./tensorflow.ts";
import { type TrainingStep, trainingStep } from "./trainingStep.ts";

/** Tensors by the name of the input they are for. */
export type Feeds = Readonly<Record<string, Tensor>>;

/** A model that is ready to run, whatever it was read from. */
export interface LoadedModel {
  readonly inputs: readonly ModelInput[];
  /** The user's own files that it was made from. */
  readonly files: readonly string[];
  /** Answers a batch. The caller disposes of the outputs. */
  predict(feeds: Feeds): Promise<readonly Tensor[]>;
  /**
   * Makes it ready to learn.
   *
   * @throws InputError when it can only answer
   */
  train(seed: string): TrainingStep;
}

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

/** Refuses training steps of a model that can only answer. */
export function cannotLearn(model: string, why: string): () => never {
  return () => {
    throw new InputError({
      what: `model "${model}"`,
      problem: `cannot take training steps: ${why}`,
      advice: "measure its inference, or train a layers model or a network of the zoo",
    });
  };
}

export function asList<T>(one: T | T[]): readonly T[] {
  return Array.isArray(one) ? one : [one];
}
