import { type ProtobufField, readProtobuf, readVarint } from "./readProtobuf.ts";

/** An operator as it stands in a file; names are of values. */
export interface NetworkNode {
  readonly operator: string;
  /** In order, those left out left out; values that nested graphs take from outside come last. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** As encoded in the file. */
  readonly bytes: Uint8Array;
}

/** A tensor stored with a network. */
export interface NetworkTensor {
  readonly dimensions: readonly number[];
  /** As encoded in the file; large ones name the file beside it where their values are. */
  readonly bytes: Uint8Array;
}

/** What is needed of an ONNX file to cut its network into pieces. */
export interface Network {
  readonly formatVersion: number;
  /** Operator sets and functions, as encoded in the file, by the number of their field. */
  readonly common: readonly { readonly field: number; readonly bytes: Uint8Array }[];
  /** In the order of the file, in which they can run. */
  readonly nodes: readonly NetworkNode[];
  readonly tensors: ReadonlyMap<string, NetworkTensor>;
  /** Those that are no stored tensors. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Fields of onnx.proto3 (github.com/onnx/onnx). */
const model = { formatVersion: 1, graph: 7, operatorSet: 8, functions: 25 } as const;
const graph = { node: 1, tensor: 5, input: 11, output: 12, sparseTensor: 15 } as const;
const node = { input: 1, output: 2, operator: 4, attribute: 5 } as const;
const attribute = { graph: 6, graphs: 11 } as const;
const tensor = { dimensions: 1, name: 8 } as const;

/**
 * Reads an ONNX file, as far as it must be understood to be cut.
 *
 * @throws RangeError when the bytes are no model, or it stores sparse tensors
 */
export function readNetwork(bytes: Uint8Array): Network {
  const fields = [...readProtobuf(bytes)];
  const body = fields.find(({ number }) => number === model.graph);
  if (body === undefined) throw new RangeError("holds no graph");
  const parts = [...readProtobuf(body.bytes)];
  if (parts.some(({ number }) => number === graph.sparseTensor)) throw new RangeError("stores sparse tensors");
  const tensors = new Map(all(parts, graph.tensor).map(readTensor));
  return {
    formatVersion: fields.find(({ number }) => number === model.formatVersion)?.value ?? 0,
    common: fields
      .filter(({ number }) => number === model.operatorSet || number === model.functions)
      .map(({ number, bytes: content }) => ({ field: number, bytes: content })),
    nodes: all(parts, graph.node).map(readNode),
    tensors,
    inputs: all(parts, graph.input)
      .map(firstText)
      .filter((name) => !tensors.has(name)),
    outputs: all(parts, graph.output).map(firstText),
  };
}

function readNode(bytes: Uint8Array): NetworkNode {
  const fields = [...readProtobuf(bytes)];
  const names = (number: number): readonly string[] =>
    all(fields, number)
      .map(text)
      .filter((name) => name !== "");
  const nested = all(fields, node.attribute).flatMap(takenFromOutside);
  return {
    operator: names(node.operator)[0] ?? "",
    inputs: [...new Set([...names(node.input), ...nested])],
    outputs: names(node.output),
    bytes,
  };
}

/** Values that the graphs in an attribute use and do not define: branches and loop bodies. */
function takenFromOutside(bytes: Uint8Array): readonly string[] {
  return [...readProtobuf(bytes)]
    .filter(
      ({ number, bytes: { length } }) => length > 0 && (number === attribute.graph || number === attribute.graphs),
    )
    .flatMap(({ bytes: body }) => {
      const parts = [...readProtobuf(body)];
      const nodes = all(parts, graph.node).map(readNode);
      const own = new Set([
        ...all(parts, graph.input).map(firstText),
        ...all(parts, graph.tensor).map((each) => readTensor(each)[0]),
        ...nodes.flatMap(({ outputs }) => outputs),
      ]);
      const used = [...nodes.flatMap(({ inputs }) => inputs), ...all(parts, graph.output).map(firstText)];
      return used.filter((name) => !own.has(name));
    });
}

function readTensor(bytes: Uint8Array): [string, NetworkTensor] {
  const fields = [...readProtobuf(bytes)];
  const dimensions = fields.filter(({ number }) => number === tensor.dimensions).flatMap(wholeNumbers);
  const [name] = all(fields, tensor.name);
  return [name === undefined ? "" : text(name), { dimensions, bytes }];
}

/** Repeated numbers, packed or one by one. */
function wholeNumbers({ bytes, value }: ProtobufField): readonly number[] {
  if (bytes.length === 0) return [value];
  const numbers: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const read = readVarint(bytes, at);
    numbers.push(read.value);
    at = read.end;
  }
  return numbers;
}

function all(fields: readonly ProtobufField[], wanted: number): readonly Uint8Array[] {
  return fields.filter(({ number }) => number === wanted).map(({ bytes }) => bytes);
}

function firstText(message: Uint8Array): string {
  return text(all([...readProtobuf(message)], 1)[0] ?? new Uint8Array(0));
}

const decoder = new TextDecoder();

function text(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
