import { elements, type Graph, type StoredTensor } from "./graph.ts";

/** Where the large tensors of a network stand in its weight file. */
export interface WeightLayout {
  /** Length of the weight file; 0 when no tensor is large. */
  readonly length: number;
  readonly places: readonly WeightPlace[];
}

/** One tensor of the weight file; offset and length in bytes. */
export interface WeightPlace {
  readonly tensor: StoredTensor;
  readonly offset: number;
  readonly length: number;
}

/** Smaller tensors stay in the model file, so that small networks are one file. */
const leastLength = 1 << 16;
/** Page size: the engine maps the file into memory instead of reading it. */
const alignment = 4096;

/**
 * Places the large random tensors of a graph one after another. They do not depend on the size of the input, so one weight
 * file serves a network in every size.
 */
export function layOutWeights(graph: Graph): WeightLayout {
  const places: WeightPlace[] = [];
  let end = 0;
  for (const tensor of graph.tensors) {
    const length = elements(tensor.dimensions) * Float32Array.BYTES_PER_ELEMENT;
    if (tensor.fill.kind !== "uniform" || length < leastLength) continue;
    const offset = Math.ceil(end / alignment) * alignment;
    places.push({ tensor, offset, length });
    end = offset + length;
  }
  return { length: end, places };
}
