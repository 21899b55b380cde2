import type { Tensor2D } from "@tensorflow/tfjs-core";
import type { TensorFlow } from "./tensorBackend.ts";

/** Weights under training, and the running means of their gradients and of the squares of these. */
export type AdamState = {
  weights: Tensor2D[];
  means: Tensor2D[];
  squares: Tensor2D[];
  /** Steps taken. */
  steps: number;
};

const decayOfMeans = 0.9;
const decayOfSquares = 0.999;
const smallestRoot = 1e-7;

/** Adam before its first step. */
export function startAdam(tf: TensorFlow, weights: Tensor2D[]): AdamState {
  const zeros = () => weights.map((one) => tf.zerosLike(one));
  return { weights, means: zeros(), squares: zeros(), steps: 0 };
}

/**
 * One step of Adam, as a new state.
 *
 * @see D. P. Kingma and J. Ba, Adam: a method for stochastic optimization (2015), in the order of computation given at the end of section 2
 */
export function adamStep(
  tf: TensorFlow,
  state: AdamState,
  gradients: readonly Tensor2D[],
  learningRate: number,
): AdamState {
  const steps = state.steps + 1;
  const rate = (learningRate * Math.sqrt(1 - decayOfSquares ** steps)) / (1 - decayOfMeans ** steps);
  const towards = (from: Tensor2D, to: Tensor2D, part: number): Tensor2D =>
    tf.add(from, tf.mul(tf.sub(to, from), part));
  const means = state.means.map((mean, i) => towards(mean, gradients[i], 1 - decayOfMeans));
  const squares = state.squares.map((square, i) => towards(square, tf.square(gradients[i]), 1 - decayOfSquares));
  const weights = state.weights.map(
    (one, i): Tensor2D => tf.sub(one, tf.div(tf.mul(means[i], rate), tf.add(tf.sqrt(squares[i]), smallestRoot))),
  );
  return { weights, means, squares, steps };
}
