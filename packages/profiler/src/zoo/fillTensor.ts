import { type Random, seededRandom } from "@partitune/numerics";
import { elements, type StoredTensor } from "./graph.ts";
import type { Chunks } from "./protobuf.ts";

const chunkElements = 1 << 20;

/**
 * The values of a tensor as the little-endian bytes that ONNX stores in `raw_data`, produced piece by piece.
 *
 * @param seed  with the tensor's name fixes its random values; other tensors do not matter
 */
export function fillTensor(tensor: StoredTensor, seed: string): Chunks {
  const { fill } = tensor;
  const count = elements(tensor.dimensions);
  switch (fill.kind) {
    case "floats":
    case "integers":
      return { length: fill.values.byteLength, produce: () => [new Uint8Array(fill.values.buffer)] };
    case "constant":
      return {
        length: count * 4,
        produce: () => [new Uint8Array(new Float32Array(count).fill(fill.value).buffer)],
      };
    case "uniform":
      return {
        length: count * 4,
        produce: () => uniformChunks(seededRandom(seed).fork(tensor.name), count, fill.bound),
      };
  }
}

function* uniformChunks(random: Random, count: number, bound: number): Iterable<Uint8Array> {
  const buffer = new Float32Array(Math.min(count, chunkElements));
  for (let start = 0; start < count; start += buffer.length) {
    const size = Math.min(buffer.length, count - start);
    for (let i = 0; i < size; i++) buffer[i] = (random.next() * 2 - 1) * bound;
    yield new Uint8Array(buffer.buffer, 0, size * 4);
  }
}
