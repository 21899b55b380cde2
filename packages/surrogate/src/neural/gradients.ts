import type { Random } from "@partitune/numerics";
import type { Tensor2D } from "@tensorflow/tfjs-core";
import { mean } from "../mean.ts";
import type { TensorFlow } from "./tensorBackend.ts";

/** Rows of a training step: inputs with a 1 after them, which the last row of a layer's weights turns into the biases; and targets. */
export interface Batch {
  readonly inputs: readonly (readonly number[])[];
  readonly targets: readonly number[];
}

/**
 * Gradients of the mean squared error over a batch with respect to the weights of every layer, by backpropagation.
 *
 * Written out, as the gradients that TensorFlow.js derives live in a part of it that Node.js cannot load on its own. Products with a transposed
 * weight matrix are taken as (W δᵀ)ᵀ: the WebAssembly backend is an order of magnitude faster at plain products.
 *
 * @param weights  a matrix of (inputs + 1) × outputs per layer
 * @param dropout  part of the units of each hidden layer to switch off; what remains is scaled up to keep its mean
 * @param random  decides which units
 */
export function gradients(
  tf: TensorFlow,
  weights: readonly Tensor2D[],
  batch: Batch,
  dropout: readonly number[],
  random: Random,
): Tensor2D[] {
  const size = batch.targets.length;
  const ones: Tensor2D = tf.ones([size, 1]);
  const masks = weights.slice(0, -1).map((one, i) => dropoutMask(tf, [size, one.shape[1]], dropout[i] ?? 0, random));
  const activations: Tensor2D[] = [tf.tensor2d(batch.inputs as number[][])];
  let sums: Tensor2D = tf.matMul(activations[0], weights[0]);
  for (let i = 1; i < weights.length; i++) {
    const units = drop(tf.relu<Tensor2D>(sums), masks[i - 1]);
    activations.push(tf.concat<Tensor2D>([units, ones], 1));
    sums = tf.matMul(activations[i], weights[i]);
  }
  let delta: Tensor2D = tf.mul(tf.sub(sums, targetsOf(tf, batch)), 2 / size);
  const found: Tensor2D[] = [];
  for (let i = weights.length - 1; i >= 0; i--) {
    found[i] = tf.matMul(tf.transpose(activations[i]), delta);
    if (i === 0) break;
    const width = weights[i].shape[0] - 1;
    const back = tf.transpose(tf.matMul(weights[i], tf.transpose(delta)));
    const units = tf.slice(activations[i], [0, 0], [size, width]);
    delta = drop(tf.mul(tf.slice(back, [0, 0], [size, width]), tf.step(units)), masks[i - 1]);
  }
  return found;

  function drop(units: Tensor2D, mask: Tensor2D | null): Tensor2D {
    return mask === null ? units : tf.mul(units, mask);
  }
}

/** Mean squared error of the whole network, without dropout. */
export function meanSquaredError(tf: TensorFlow, weights: readonly Tensor2D[], batch: Batch): number {
  return tf.tidy(() => {
    const ones: Tensor2D = tf.ones([batch.targets.length, 1]);
    const first: Tensor2D = tf.matMul(tf.tensor2d(batch.inputs as number[][]), weights[0]);
    const outputs = weights
      .slice(1)
      .reduce((sums, one) => tf.matMul(tf.concat([tf.relu<Tensor2D>(sums), ones], 1), one), first);
    const errors = Array.from(tf.sub(outputs, targetsOf(tf, batch)).dataSync());
    return mean(errors.map((error) => error * error));
  });
}

function targetsOf(tf: TensorFlow, { targets }: Batch): Tensor2D {
  return tf.tensor2d([...targets], [targets.length, 1]);
}

/** 0 for the units that are switched off, and 1 / (1 − rate) for the others; null where none are. */
function dropoutMask(tf: TensorFlow, shape: [number, number], rate: number, random: Random): Tensor2D | null {
  if (rate === 0) return null;
  const scale = 1 / (1 - rate);
  const values = Float32Array.from({ length: shape[0] * shape[1] }, () => (random.next() < rate ? 0 : scale));
  return tf.tensor2d(values, shape);
}
