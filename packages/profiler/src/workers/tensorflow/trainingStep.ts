import { type Random, seededRandom } from "@partitune/numerics";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { Feeds } from "./loadedModel.ts";
import type { Tensor, TensorFlow } from "./tensorflow.ts";

/** Learning from batches. */
export interface TrainingStep {
  /** Makes labels that suit the outputs for these inputs. */
  labels(feeds: Feeds): Promise<readonly Tensor[]>;
  /**
   * One step: outputs, loss, gradients, new weights.
   *
   * @returns the loss of each output, read back: on a GPU all that was begun before is then done
   */
  step(feeds: Feeds, labels: readonly Tensor[]): Promise<readonly number[]>;
}

interface Running {
  readonly inOrder: (feeds: Feeds) => Tensor[];
  readonly predict: (feeds: Feeds) => Promise<readonly Tensor[]>;
}

/** Small, so that thousands of steps on one batch neither diverge nor reach a loss of nought. */
const learningRate = 1e-4;
const momentum = 0.9;

/**
 * Training steps of a layers model: with the optimizer and the losses that it was saved with, or, where it brings none, with
 * momentum on the cross entropy of its outputs, taken as logits (on the squared error, where an output has one value).
 */
export function trainingStep(tf: TensorFlow, model: LayersModel, seed: string, running: Running): TrainingStep {
  if (isUncompiled(model)) {
    model.compile({
      optimizer: tf.train.momentum(learningRate, momentum),
      loss: model.outputs.map(({ shape }) => (shape.at(-1) === 1 ? squaredError(tf) : crossEntropy(tf))),
    });
  }
  const losses = lossNames(model);
  return {
    async labels(feeds) {
      const outputs = await running.predict(feeds);
      const random = seededRandom(seed).fork("labels");
      const labels = outputs.map((output, i) => randomLabels(tf, output.shape, losses[i], random));
      tf.dispose([...outputs]);
      return labels;
    },
    async step(feeds, labels) {
      const loss = await model.trainOnBatch(running.inOrder(feeds), [...labels]);
      return Array.isArray(loss) ? loss : [loss];
    },
  };
}

function isUncompiled(model: LayersModel): boolean {
  return model.loss === undefined || model.loss === null;
}

function squaredError(tf: TensorFlow) {
  return (labels: Tensor, outputs: Tensor): Tensor => tf.losses.meanSquaredError(labels, outputs);
}

function crossEntropy(tf: TensorFlow) {
  return (labels: Tensor, logits: Tensor): Tensor => tf.losses.softmaxCrossEntropy(labels, logits);
}

/** The loss of each output, where it has a name. */
function lossNames(model: LayersModel): readonly (string | undefined)[] {
  const { loss } = model;
  const each = Array.isArray(loss) ? loss : model.outputNames.map((name) => (isRecord(loss) ? loss[name] : loss));
  return each.map((one) => (typeof one === "string" ? one : undefined));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** One class of those along the last dimension at each place; a number from 0 to 1 where there is only one. */
function randomLabels(tf: TensorFlow, shape: readonly number[], loss: string | undefined, random: Random): Tensor {
  const classes = shape.at(-1) ?? 1;
  const places = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  if (classes === 1)
    return tf.tensor(
      Float32Array.from({ length: places }, () => random.next()),
      [...shape],
    );
  const chosen = Int32Array.from({ length: places }, () => Math.floor(random.next() * classes));
  if (/^sparse/i.test(loss ?? "")) return tf.tensor(Float32Array.from(chosen), [...shape.slice(0, -1), 1]);
  const labels = new Float32Array(places * classes);
  for (const [place, one] of chosen.entries()) labels[place * classes + one] = 1;
  return tf.tensor(labels, [...shape]);
}
