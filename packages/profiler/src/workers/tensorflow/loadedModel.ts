import { InputError } from "@partitune/schema";
import type { ModelInput } from "../planInputs.ts";
import type { Tensor } from "./tensorflow.ts";
import type { TrainingStep } from "./trainingStep.ts";

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
