import type { Random } from "@partitune/numerics";
import type { Layer } from "./network.ts";

/**
 * Layers with random weights and no biases: uniform within ±√(6 / (inputs + outputs)), rounded to single precision.
 *
 * @param widths  numbers of inputs, units of each hidden layer, and outputs
 * @see X. Glorot and Y. Bengio, Understanding the difficulty of training deep feedforward neural networks (2010), equation 16
 */
export function freshLayers(widths: readonly number[], random: Random): Layer[] {
  return widths.slice(1).map((outputs, i) => {
    const inputs = widths[i];
    const limit = Math.sqrt(6 / (inputs + outputs));
    const drawn = Array.from({ length: inputs * outputs }, () => Math.fround(limit * (2 * random.next() - 1)));
    return { inputs, outputs, weights: [...drawn, ...new Array<number>(outputs).fill(0)] };
  });
}
