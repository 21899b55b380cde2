// A worker that really trains, if something small: steps of stochastic gradient descent on a perceptron with one hidden layer, in plain
// JavaScript on one core. It learns which of ten random directions a random vector lies nearest to.
import { type Random, seededRandom } from "@partitune/numerics";
import { serveWorker } from "../../../packages/profiler/src/workers/serveWorker.ts";

const inputs = 64;
const hidden = 256;
const classes = 10;
const rate = 0.05;

const random = seededRandom("perceptron");
const directions = gaussian(random, classes * inputs, 1);
const first = gaussian(random, hidden * inputs, Math.sqrt(2 / inputs));
const second = gaussian(random, classes * hidden, Math.sqrt(1 / hidden));
let samples: readonly { readonly x: Float64Array; readonly label: number }[] = [];

serveWorker({
  name: "perceptron",
  inputs: [],
  prepare: (batch) => {
    samples = Array.from({ length: batch }, () => {
      const x = gaussian(random, inputs, 1);
      return { x, label: nearest(times(directions, x, classes)) };
    });
  },
  run: async () => {
    for (const { x, label } of samples) descend(x, label, rate / samples.length);
  },
});

/** One sample's part of a step: forward, cross-entropy, backward. */
function descend(x: Float64Array, label: number, step: number): void {
  const activation = times(first, x, hidden).map((value) => Math.max(0, value));
  const slope = softmax(times(second, activation, classes)).map((p, k) => p - (k === label ? 1 : 0));
  const back = new Float64Array(hidden);
  for (let k = 0; k < classes; k++) {
    for (let j = 0; j < hidden; j++) {
      back[j]! += slope[k]! * second[k * hidden + j]!;
      second[k * hidden + j]! -= step * slope[k]! * activation[j]!;
    }
  }
  for (let j = 0; j < hidden; j++) {
    if (activation[j] === 0) continue;
    for (let i = 0; i < inputs; i++) first[j * inputs + i]! -= step * back[j]! * x[i]!;
  }
}

/** A row-major matrix of so many rows times a vector. */
function times(matrix: Float64Array, x: Float64Array, rows: number): Float64Array {
  const product = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += matrix[row * x.length + i]! * x[i]!;
    product[row] = sum;
  }
  return product;
}

function softmax(logits: Float64Array): Float64Array {
  const highest = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - highest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function nearest(scores: Float64Array): number {
  return scores.indexOf(Math.max(...scores));
}

function gaussian(source: Random, length: number, deviation: number): Float64Array {
  return Float64Array.from({ length }, () => deviation * source.normal());
}
