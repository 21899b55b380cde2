/** How the values of a tensor come about. */
export type Fill =
  /** Seeded random values, uniform on [−bound, bound]. */
  | { readonly kind: "uniform"; readonly bound: number }
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "floats"; readonly values: Float32Array<ArrayBuffer> }
  | { readonly kind: "integers"; readonly values: BigInt64Array<ArrayBuffer> };

/** A tensor stored in the model file. */
export interface StoredTensor {
  readonly name: string;
  /** Sizes of its dimensions; row-major. A scalar has none. */
  readonly dimensions: readonly number[];
  readonly fill: Fill;
  /** True for parameters that training would change; false for statistics, indices and fixed matrices. */
  readonly trainable: boolean;
}

export type AttributeValue = number | string | readonly number[] | { readonly float: number };

/** One operator of the graph, in ONNX's words; names are of values. */
export interface GraphNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** An input or output. A dimension given by name is left open in the file. */
export interface GraphValue {
  readonly name: string;
  readonly type: "float32" | "int64";
  readonly dimensions: readonly (number | string)[];
}

/** A network: what an ONNX file will hold. Nodes are in an order in which they can run. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly tensors: readonly StoredTensor[];
  readonly nodes: readonly GraphNode[];
}

/** Number of elements of a tensor. */
export function elements(dimensions: readonly number[]): number {
  return dimensions.reduce((product, size) => product * size, 1);
}

/** Number of trainable parameters, counted as torchvision does: batch norm's scale and shift are in, its statistics are not. */
export function parameterCount(graph: Graph): number {
  return graph.tensors
    .filter((tensor) => tensor.trainable)
    .reduce((sum, tensor) => sum + elements(tensor.dimensions), 0);
}
