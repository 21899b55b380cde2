import { seededRandom } from "@partitune/numerics";
import { openTensorBackend } from "@partitune/surrogate";
import { describe, expect, it } from "vitest";
import { gradients, meanSquaredError } from "../../../packages/surrogate/src/neural/gradients.ts";
import { freshLayers } from "../../../packages/surrogate/src/neural/layers.ts";
import { withBackend } from "../../../packages/surrogate/src/neural/tensorBackend.ts";

const random = seededRandom("gradients");
/** Biases are drawn as well: at 0 a unit could stand exactly on its kink. */
const layers = freshLayers([2, 5, 3, 1], random).map((layer) => ({
  ...layer,
  weights: layer.weights.map((weight) => (weight === 0 ? 0.3 * random.normal() : weight)),
}));
const batch = {
  inputs: Array.from({ length: 7 }, () => [random.normal(), random.normal(), 1]),
  targets: Array.from({ length: 7 }, () => random.normal()),
};

describe.each(["cpu", "wasm"] as const)("gradients on %s", (name) => {
  it("are the slopes of the mean squared error, by central differences", async () => {
    const backend = await openTensorBackend({ backend: name });
    const { tf } = backend;
    withBackend(backend, () => {
      const shapes = layers.map(({ inputs, outputs }) => [inputs + 1, outputs] as [number, number]);
      const weights = layers.map((one, i) => tf.tensor2d([...one.weights], shapes[i]!));
      const found = gradients(tf, weights, batch, [], random).map((one) => Array.from(one.dataSync()));
      const loss = (layer: number, index: number, step: number) => {
        const moved = layers[layer]!.weights.with(index, layers[layer]!.weights[index]! + step);
        return meanSquaredError(tf, weights.with(layer, tf.tensor2d(moved, shapes[layer]!)), batch);
      };
      const step = 2e-3;
      const slopes = layers.map(({ weights: list }, layer) =>
        list.map((_, index) => (loss(layer, index, step) - loss(layer, index, -step)) / (2 * step)),
      );
      const largest = Math.max(...slopes.flat().map(Math.abs));
      expect(largest).toBeGreaterThan(0.1);
      const errors = slopes.flatMap((list, layer) => list.map((slope, i) => Math.abs(slope - found[layer]![i]!)));
      expect(Math.max(...errors)).toBeLessThan(0.005 * largest);
    });
  });
});

describe("dropout", () => {
  it("switches off its part of the units, whose weights then have no gradient, and keeps the mean of the others", async () => {
    const backend = await openTensorBackend({ backend: "cpu" });
    const { tf } = backend;
    const units = 400;
    withBackend(backend, () => {
      const first = tf.tensor2d([...new Array<number>(units).fill(1), ...new Array<number>(units).fill(0)], [2, units]);
      const last = tf.ones([units + 1, 1]) as typeof first;
      const one = { inputs: [[1, 1]], targets: [0] };
      const [, gradient] = gradients(tf, [first, last], one, [0.4], seededRandom("dropout"));
      const perUnit = Array.from(gradient!.dataSync()).slice(0, units);
      const dropped = perUnit.filter((value) => value === 0).length / units;
      expect(dropped).toBeGreaterThan(0.33);
      expect(dropped).toBeLessThan(0.47);
      const [without] = gradients(tf, [first, last], one, [], seededRandom("dropout")).slice(1);
      const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(mean(perUnit) / mean(Array.from(without!.dataSync()).slice(0, units))).toBeCloseTo(1, 0);
    });
  });
});

describe("meanSquaredError", () => {
  it("is that of a network written down by hand", async () => {
    const backend = await openTensorBackend({ backend: "cpu" });
    const { tf } = backend;
    const loss = withBackend(backend, () => {
      const hidden = tf.tensor2d([1, -1, 0.5, 0], [2, 2]);
      const output = tf.tensor2d([2, 3, 1], [3, 1]);
      return meanSquaredError(tf, [hidden, output], {
        inputs: [
          [1, 1],
          [-2, 1],
        ],
        targets: [0, 1],
      });
    });
    // x = 1: relu(1.5, −1) = (1.5, 0), 2 · 1.5 + 1 = 4; x = −2: relu(−1.5, 2) = (0, 2), 3 · 2 + 1 = 7.
    expect(loss).toBeCloseTo((4 ** 2 + 6 ** 2) / 2, 5);
  });
});
