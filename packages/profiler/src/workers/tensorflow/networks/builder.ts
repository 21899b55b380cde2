import type { LayersModel, SymbolicTensor } from "@tensorflow/tfjs-layers";
import type { TensorFlow } from "../tensorflow.ts";

/** How a convolution is laid out. */
export interface Convolution {
  readonly filters: number;
  readonly kernel: number;
  readonly stride?: number;
}

/** Puts layers one after another; every layer with weights gets random ones of its own, fixed by the seed. */
export interface Builder {
  input(shape: readonly number[]): SymbolicTensor;
  /** A convolution whose output is as large as its input, divided by the stride. */
  convolution(from: SymbolicTensor, shape: Convolution, bias?: boolean): SymbolicTensor;
  /** One filter per channel. */
  depthwise(from: SymbolicTensor, shape: Omit<Convolution, "filters">): SymbolicTensor;
  normalized(from: SymbolicTensor): SymbolicTensor;
  activated(from: SymbolicTensor, by: "relu" | "relu6"): SymbolicTensor;
  add(a: SymbolicTensor, b: SymbolicTensor): SymbolicTensor;
  maxPooled(from: SymbolicTensor, size: number, stride: number): SymbolicTensor;
  globallyAveraged(from: SymbolicTensor): SymbolicTensor;
  dense(from: SymbolicTensor, units: number): SymbolicTensor;
  finish(output: SymbolicTensor): LayersModel;
}

/** @param seed  a whole number; each layer's weights follow from it and from the layer's place */
export function networkBuilder(tf: TensorFlow, seed: number): Builder {
  const { layers } = tf;
  const inputs: SymbolicTensor[] = [];
  let placed = 0;
  const random = () => {
    placed += 1;
    return tf.initializers.heUniform({ seed: seed + placed });
  };
  /** heUniform counts the inputs of all channels, of which a depthwise output has one: signals would fade to nothing. */
  const randomPerChannel = (kernel: number) => {
    placed += 1;
    const bound = Math.sqrt(6 / kernel ** 2);
    return tf.initializers.randomUniform({ minval: -bound, maxval: bound, seed: seed + placed });
  };
  const apply = (
    layer: { apply(from: SymbolicTensor | SymbolicTensor[]): unknown },
    from: SymbolicTensor | SymbolicTensor[],
  ) => layer.apply(from) as SymbolicTensor;
  return {
    input(shape) {
      const input = tf.input({ shape: [...shape], name: "input" });
      inputs.push(input);
      return input;
    },
    convolution(from, { filters, kernel, stride = 1 }, bias = false) {
      const layout = { filters, kernelSize: kernel, strides: stride, padding: "same", useBias: bias } as const;
      return apply(layers.conv2d({ ...layout, kernelInitializer: random() }), from);
    },
    depthwise(from, { kernel, stride = 1 }) {
      const layout = { kernelSize: kernel, strides: stride, padding: "same", useBias: false } as const;
      return apply(layers.depthwiseConv2d({ ...layout, depthwiseInitializer: randomPerChannel(kernel) }), from);
    },
    normalized: (from) => apply(layers.batchNormalization({}), from),
    activated: (from, by) => apply(by === "relu" ? layers.reLU({}) : layers.reLU({ maxValue: 6 }), from),
    add: (a, b) => apply(layers.add(), [a, b]),
    maxPooled: (from, size, stride) =>
      apply(layers.maxPooling2d({ poolSize: size, strides: stride, padding: "same" }), from),
    globallyAveraged: (from) => apply(layers.globalAveragePooling2d({}), from),
    dense: (from, units) => apply(layers.dense({ units, kernelInitializer: random() }), from),
    finish: (output) => tf.model({ inputs, outputs: output }),
  };
}
