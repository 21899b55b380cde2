import type { Random } from "@partitune/numerics";
import type { Tensor2D } from "@tensorflow/tfjs-core";
import { mean } from "../mean.ts";
import { adamStep, startAdam } from "./adam.ts";
import { type Batch, gradients, meanSquaredError } from "./gradients.ts";
import { freshLayers } from "./layers.ts";
import { type Layer, type Network, type Scaling, standardise } from "./network.ts";
import type { Recipe } from "./recipe.ts";
import { type TensorBackend, type TensorFlow, withBackend } from "./tensorBackend.ts";

/** What a network learns: n rows of d inputs, and n outputs; all positive where they enter by logarithms. */
export interface Examples {
  readonly X: readonly (readonly number[])[];
  readonly y: readonly number[];
}

/** What a training starts from: how inputs are standardised, and weights. */
export type Start = Pick<Network, "inputs" | "layers">;

/**
 * Trains a dense network on the mean squared error by Adam, and returns the best of all epochs as judged on rows that are kept apart.
 *
 * Initial weights, the split, the order of the rows and dropout come from `random` alone. The same seed gives the same network on the same
 * backend, bit for bit; backends round sums differently, and so their networks drift apart a little in training.
 *
 * @param start  by default new weights, and inputs of mean 0 and spread 1
 */
export function trainNetwork(
  backend: TensorBackend,
  { X, y }: Examples,
  recipe: Recipe,
  random: Random,
  start: Start = freshStart(X, recipe, random.fork("weights")),
): Network {
  const { logarithm, outputUnit } = recipe;
  const output = outputUnit === undefined ? scalingOf(y, logarithm) : { centre: 0, spread: outputUnit };
  const inputs = X.map((row) => [...standardise(row, start.inputs, logarithm), 1]);
  const targets = y.map((value) => standardise([value], [output], logarithm)[0]);
  const rows = (indices: readonly number[]): Batch => ({
    inputs: indices.map((i) => inputs[i]),
    targets: indices.map((i) => targets[i]),
  });
  const order = random.fork("split").shuffle([...y.keys()]);
  const apart = Math.round(recipe.validation * order.length);
  const training = order.slice(apart);
  const validation = rows(apart === 0 ? training : order.slice(0, apart));
  const weights = withBackend(backend, () =>
    bestWeights(backend.tf, start.layers, recipe, random, { training, rows, validation }),
  );
  return {
    logarithm,
    inputs: start.inputs,
    output,
    layers: start.layers.map((one, i) => ({ ...one, weights: weights[i] })),
  };
}

interface Lessons {
  readonly training: readonly number[];
  readonly rows: (indices: readonly number[]) => Batch;
  readonly validation: Batch;
}

/** The loop over epochs. Tensors of a step are freed at once, but for the best weights. */
function bestWeights(
  tf: TensorFlow,
  layers: readonly Layer[],
  { epochs, batch, dropout, learningRate }: Recipe,
  random: Random,
  { training, rows, validation }: Lessons,
): number[][] {
  const shuffling = random.fork("order");
  const dropping = random.fork("dropout");
  let state = startAdam(
    tf,
    layers.map((one) => toTensor(tf, one)),
  );
  let best = { loss: Number.POSITIVE_INFINITY, weights: state.weights };
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffling.shuffle(training);
    for (let from = 0; from < order.length; from += batch) {
      const { weights, means, squares } = state;
      const chosen = rows(order.slice(from, from + batch));
      state = tf.tidy(() => adamStep(tf, state, gradients(tf, weights, chosen, dropout, dropping), learningRate));
      tf.dispose([means, squares, weights === best.weights ? [] : weights]);
    }
    const loss = meanSquaredError(tf, state.weights, validation);
    if (loss < best.loss) {
      tf.dispose(best.weights);
      best = { loss, weights: state.weights };
    }
  }
  return best.weights.map((one) => Array.from(one.dataSync(), shortest));
}

function toTensor(tf: TensorFlow, { inputs, outputs, weights }: Layer): Tensor2D {
  return tf.tensor2d([...weights], [inputs + 1, outputs]);
}

/** The same single-precision number with no more decimals than needed. */
function shortest(value: number): number {
  return Number(value.toPrecision(9));
}

function freshStart(X: readonly (readonly number[])[], { logarithm, units }: Recipe, random: Random): Start {
  const inputs = X[0].map((_, column) =>
    scalingOf(
      X.map((row) => row[column]),
      logarithm,
    ),
  );
  return { inputs, layers: freshLayers([inputs.length, ...units, 1], random) };
}

/** Mean and standard deviation; a quantity that does not vary keeps its size. */
function scalingOf(values: readonly number[], logarithm: boolean): Scaling {
  const seen = logarithm ? values.map(Math.log) : values;
  const centre = mean(seen);
  const spread = Math.sqrt(mean(seen.map((value) => (value - centre) ** 2)));
  return { centre, spread: spread > 1e-9 * Math.abs(centre) ? spread : 1 };
}
