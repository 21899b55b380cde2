import { openTensorBackend } from "@partitune/surrogate";
import { expect, it } from "vitest";
import { adamStep, startAdam } from "../../../packages/surrogate/src/neural/adam.ts";
import { withBackend } from "../../../packages/surrogate/src/neural/tensorBackend.ts";

/** Algorithm 1 of Kingma and Ba (2015) on one number, in double precision, without its ε. */
function published(gradients: readonly number[], rate: number): number {
  let [weight, mean, square] = [1, 0, 0];
  for (const [i, gradient] of gradients.entries()) {
    mean = 0.9 * mean + 0.1 * gradient;
    square = 0.999 * square + 0.001 * gradient ** 2;
    const steps = i + 1;
    weight -= (rate * (mean / (1 - 0.9 ** steps))) / Math.sqrt(square / (1 - 0.999 ** steps));
  }
  return weight;
}

it.each(["cpu", "wasm"] as const)("Adam steps as published, on %s", async (name) => {
  const backend = await openTensorBackend({ backend: name });
  const { tf } = backend;
  const gradients = [0.5, -2, 3, 0.1, 0.7];
  const weight = withBackend(backend, () => {
    const start = startAdam(tf, [tf.ones([1, 1])]);
    return gradients
      .reduce((state, gradient) => adamStep(tf, state, [tf.tensor2d([[gradient]])], 0.01), start)
      .weights[0]!.dataSync()[0];
  });
  expect(weight).toBeCloseTo(published(gradients, 0.01), 6);
});

it("the first step of Adam is the learning rate against the sign of the gradient", async () => {
  const backend = await openTensorBackend({ backend: "cpu" });
  const { tf } = backend;
  const moved = withBackend(backend, () => {
    const start = startAdam(tf, [tf.zeros([1, 3])]);
    return Array.from(adamStep(tf, start, [tf.tensor2d([[100, -0.01, 0]])], 0.1).weights[0]!.dataSync());
  });
  expect(moved[0]).toBeCloseTo(-0.1, 4);
  expect(moved[1]).toBeCloseTo(0.1, 3);
  expect(moved[2]).toBe(0);
});
