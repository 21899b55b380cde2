import type { Fill } from "./graph.ts";
import type { GraphBuilder } from "./graphBuilder.ts";

/**
 * Uniform weights whose outputs keep the variance of their inputs (He et al. 2015, equation 10: variance = gain / fan-in).
 *
 * @param fanIn  number of inputs that one output sums
 * @param gain  2 before a rectifier, which halves the power; 1 before nothing
 */
export function heUniform(fanIn: number, gain: 1 | 2 = 2): Fill {
  return { kind: "uniform", bound: Math.sqrt((3 * gain) / fanIn) };
}

const zeros: Fill = { kind: "constant", value: 0 };
const ones: Fill = { kind: "constant", value: 1 };

/** Shape of a square convolution. */
export interface ConvolutionShape {
  readonly from: number;
  readonly to: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: number;
  readonly groups?: number;
}

/** Two-dimensional convolution; N × from × H × W in, N × to × H' × W' out. */
export function convolution(
  builder: GraphBuilder,
  name: string,
  input: string,
  shape: ConvolutionShape,
  options: { readonly bias?: boolean; readonly gain?: 1 | 2 } = {},
): string {
  const { from, to, kernel, stride = 1, padding = 0, groups = 1 } = shape;
  const fanIn = (from / groups) * kernel * kernel;
  const weight = builder.parameter(
    `${name}.weight`,
    [to, from / groups, kernel, kernel],
    heUniform(fanIn, options.gain),
  );
  const bias = options.bias === true ? [builder.parameter(`${name}.bias`, [to], zeros)] : [];
  return builder.apply("Conv", [input, weight, ...bias], {
    kernel_shape: [kernel, kernel],
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
    group: groups,
  });
}

/** Batch normalisation in inference form, with the statistics of standard normal activations; engines fold it away. */
export function batchNormalization(builder: GraphBuilder, name: string, input: string, channels: number): string {
  return builder.apply("BatchNormalization", [
    input,
    builder.parameter(`${name}.weight`, [channels], ones),
    builder.parameter(`${name}.bias`, [channels], zeros),
    builder.fixed(`${name}.running_mean`, [channels], zeros),
    builder.fixed(`${name}.running_var`, [channels], ones),
  ]);
}

/** Fully connected layer on the rows of a matrix: N × from in, N × to out. */
export function linear(builder: GraphBuilder, name: string, input: string, from: number, to: number): string {
  const weight = builder.parameter(`${name}.weight`, [to, from], heUniform(from));
  const bias = builder.parameter(`${name}.bias`, [to], zeros);
  return builder.apply("Gemm", [input, weight, bias], { transB: 1 });
}

/** Rectifier. */
export function relu(builder: GraphBuilder, input: string): string {
  return builder.apply("Relu", [input]);
}

/** Largest value of each square window. */
export function maxPool(builder: GraphBuilder, input: string, kernel: number, stride: number, padding = 0): string {
  return builder.apply("MaxPool", [input], {
    kernel_shape: [kernel, kernel],
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
  });
}

/** Mean over all positions, flattened: N × C × H × W in, N × C out. */
export function globalAveragePool(builder: GraphBuilder, input: string): string {
  return builder.apply("Flatten", [builder.apply("GlobalAveragePool", [input])]);
}
