import { seededRandom } from "@partitune/numerics";
import {
  improvedNetwork,
  openTensorBackend,
  publishedNetwork,
  type Recipe,
  type TensorBackend,
} from "@partitune/surrogate";
import { describe, expect, it } from "vitest";
import { meanSquaredError } from "../../../packages/surrogate/src/neural/gradients.ts";
import { networkFunction, standardise } from "../../../packages/surrogate/src/neural/network.ts";
import { withBackend } from "../../../packages/surrogate/src/neural/tensorBackend.ts";
import { trainNetwork } from "../../../packages/surrogate/src/neural/trainNetwork.ts";
import { costRows } from "../fixtures/costRows.ts";

const rows = costRows("trained", 3e7, 4e8);
const examples = { X: rows.map(({ x }) => x), y: rows.map(({ timeSeconds }) => timeSeconds) };
const small: Recipe = { ...improvedNetwork, units: [12, 6], dropout: [0, 0], epochs: 30 };
const [wasm, cpu] = await Promise.all([openTensorBackend({ backend: "wasm" }), openTensorBackend({ backend: "cpu" })]);

const train = (backend: TensorBackend, recipe: Recipe, seed: string) =>
  trainNetwork(backend, examples, recipe, seededRandom(seed));
const predictions = (backend: TensorBackend, recipe: Recipe, seed: string) =>
  examples.X.map(networkFunction(train(backend, recipe, seed)));
const largestRatio = (a: readonly number[], b: readonly number[]) =>
  Math.max(...a.map((value, i) => Math.abs(value / b[i]! - 1)));

describe("trainNetwork", () => {
  it.each([
    ["without dropout", small],
    ["with dropout, on values as they are", { ...small, logarithm: false, outputUnit: 1e-3, dropout: [0.4, 0.3] }],
  ])("gives the same network for the same seed, and another for another (%s)", (_, recipe) => {
    expect(train(wasm, recipe, "one")).toEqual(train(wasm, recipe, "one"));
    expect(largestRatio(predictions(wasm, recipe, "one"), predictions(wasm, recipe, "two"))).toBeGreaterThan(1e-3);
  });

  it.each([
    ["a small network, 30 epochs", small],
    ["a small network with dropout, 30 epochs", { ...small, dropout: [0.4, 0.3] }],
    ["the improved network, 2 epochs", { ...improvedNetwork, epochs: 2 }],
    ["the published network, 2 epochs", { ...publishedNetwork, epochs: 2 }],
  ])("predicts the same within 0.01 % on WebAssembly and in plain JavaScript (%s)", (_, recipe) => {
    expect(largestRatio(predictions(wasm, recipe, "seed"), predictions(cpu, recipe, "seed"))).toBeLessThan(1e-4);
  });

  it("leaves no tensors behind, whichever backend it runs on", () => {
    for (const backend of [wasm, cpu]) {
      const before = backend.tf.memory().numTensors;
      train(backend, { ...small, epochs: 5, dropout: [0.2, 0] }, "leaks");
      expect(backend.tf.memory().numTensors).toBe(before);
    }
  });

  it("does not let the number of tensors grow from epoch to epoch", () => {
    let most = 0;
    const { tf } = cpu;
    const tidy: typeof tf.tidy = (work, named) => {
      most = Math.max(most, tf.memory().numTensors);
      return tf.tidy(work, named);
    };
    const mostIn = (epochs: number) => {
      most = 0;
      train({ ...cpu, tf: { ...tf, tidy } }, { ...small, epochs }, "growth");
      return most;
    };
    const short = mostIn(3);
    expect(short).toBeGreaterThan(0);
    expect(mostIn(12)).toBe(short);
  });

  it("learns a surface of three settings within 8 % from its 36 noisy modes", () => {
    const errors = predictions(wasm, { ...small, units: [32, 16], epochs: 150 }, "learn").map((value, i) =>
      Math.abs(value / examples.y[i]! - 1),
    );
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.08);
  });

  it("keeps the best epoch of all by the rows kept apart: more epochs never have a larger loss there", () => {
    const apart = seededRandom("best")
      .fork("split")
      .shuffle([...examples.y.keys()])
      .slice(0, Math.round(0.2 * rows.length));
    const losses = [2, 10, 40].map((epochs) => {
      const network = train(cpu, { ...small, learningRate: 0.05, epochs }, "best");
      const predict = networkFunction(network);
      return apart.reduce((sum, i) => sum + Math.log(predict(examples.X[i]!) / examples.y[i]!) ** 2, 0);
    });
    expect(losses[1]).toBeLessThanOrEqual(losses[0]! * (1 + 1e-5));
    expect(losses[2]).toBeLessThanOrEqual(losses[1]! * (1 + 1e-5));
  });

  it("is read in plain JavaScript as the backend computes it", () => {
    const network = train(wasm, small, "read");
    const [{ x, timeSeconds }] = rows as [(typeof rows)[0]];
    const loss = withBackend(wasm, () =>
      meanSquaredError(
        wasm.tf,
        network.layers.map(({ inputs, outputs, weights }) => wasm.tf.tensor2d([...weights], [inputs + 1, outputs])),
        {
          inputs: [[...standardise(x, network.inputs, true), 1]],
          targets: standardise([timeSeconds], [network.output], true),
        },
      ),
    );
    const error = Math.log(networkFunction(network)(x) / timeSeconds) / network.output.spread;
    expect(Math.sqrt(loss)).toBeCloseTo(Math.abs(error), 5);
  });

  it("survives saving as JSON bit for bit", () => {
    const network = train(wasm, small, "saved");
    const restored = JSON.parse(JSON.stringify(network));
    expect(restored).toEqual(network);
    expect(
      network.layers
        .flatMap(({ weights }) => weights)
        .every((weight) => Math.abs(Math.fround(weight) - weight) <= 1e-8 * Math.abs(weight)),
    ).toBe(true);
  });

  it.each([1, 2, 3])("makes do with %d rows", (count) => {
    const few = { X: examples.X.slice(0, count), y: examples.y.slice(0, count) };
    const predict = networkFunction(trainNetwork(wasm, few, { ...small, epochs: 200 }, seededRandom("few")));
    expect(predict(few.X[0]!)).toBeGreaterThan(0.2 * few.y[0]!);
    expect(predict(few.X[0]!)).toBeLessThan(5 * few.y[0]!);
  });

  it("does not stumble over a setting that never varies", () => {
    const constant = { X: examples.X.map((x) => [...x, 3.2e9]), y: examples.y };
    const predict = networkFunction(trainNetwork(wasm, constant, small, seededRandom("constant")));
    expect(constant.X.map(predict).every((value) => value > 0 && Number.isFinite(value))).toBe(true);
  });
});
