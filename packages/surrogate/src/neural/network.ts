import { InputError } from "@partitune/schema";
import { z } from "zod";

const numbers = z.array(z.number()).readonly();

/** Centre and spread of a quantity, of its logarithm where `logarithm` is set: standardised it is (value − centre) / spread. */
const scaling = z.object({ centre: z.number(), spread: z.number().positive() });

/** A layer with inputs + 1 rows of outputs weights, row by row; the last row holds the biases. */
const layer = z.object({
  inputs: z.int().positive(),
  outputs: z.int().positive(),
  weights: numbers,
});

/** A dense network with rectified linear units between its layers: one number from several, all standardised. */
export const network = z
  .object({
    /** Whether inputs and output enter by their logarithms. */
    logarithm: z.boolean(),
    inputs: z.array(scaling).min(1).readonly(),
    output: scaling,
    layers: z.array(layer).min(1).readonly(),
  })
  .refine(({ inputs, layers }) => fitTogether(inputs.length, layers), "its layers do not fit together");

export type Scaling = z.infer<typeof scaling>;
export type Layer = z.infer<typeof layer>;
/** A trained network as plain JSON: its weights are single-precision numbers and survive saving bit for bit. */
export type Network = z.infer<typeof network>;

function fitTogether(inputs: number, layers: readonly Layer[]): boolean {
  return (
    layers.every(({ inputs: n, outputs, weights }) => weights.length === (n + 1) * outputs) &&
    layers.every((one, i) => one.inputs === (i === 0 ? inputs : layers[i - 1].outputs)) &&
    layers[layers.length - 1].outputs === 1
  );
}

/**
 * The function a network computes, in plain JavaScript: no backend is needed to predict.
 *
 * @throws InputError when called with another number of inputs
 */
export function networkFunction({ logarithm, inputs, output, layers }: Network): (x: readonly number[]) => number {
  return (x) => {
    if (x.length !== inputs.length) {
      throw new InputError({
        what: "a mode",
        problem: `has ${x.length} settings, and the network was trained on ${inputs.length}`,
        advice: "use a network of the same settings",
      });
    }
    const last = layers.reduce(
      (values, one, i) => activate(one, values, i < layers.length - 1),
      standardise(x, inputs, logarithm),
    );
    const value = output.centre + output.spread * last[0];
    return logarithm ? Math.exp(value) : value;
  };
}

/** Values as the network sees them. */
export function standardise(x: readonly number[], scalings: readonly Scaling[], logarithm: boolean): number[] {
  return x.map((value, i) => ((logarithm ? Math.log(value) : value) - scalings[i].centre) / scalings[i].spread);
}

function activate({ inputs, outputs, weights }: Layer, values: readonly number[], rectified: boolean): number[] {
  const sums = weights.slice(inputs * outputs);
  for (let i = 0; i < inputs; i++) {
    const value = values[i];
    if (value === 0) continue;
    for (let j = 0, k = i * outputs; j < outputs; j++, k++) sums[j] += value * weights[k];
  }
  return rectified ? sums.map((sum) => Math.max(0, sum)) : sums;
}
