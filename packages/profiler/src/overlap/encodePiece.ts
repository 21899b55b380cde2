import { type Encoded, encode, messageField, textField, varintField } from "../zoo/protobuf.ts";
import type { Network } from "./readNetwork.ts";
import type { NetworkPiece } from "./splitNetwork.ts";

/** Element type and dimensions of a value, as ONNX Runtime names them. */
export interface ValueType {
  readonly type: string;
  readonly dimensions: readonly number[];
}

/** Numbers of element types in onnx.proto3. */
const elementTypes: Readonly<Record<string, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
};

/** Since this version of the format stored tensors need not be inputs too. */
const leastFormatVersion = 4;

/**
 * A piece of a network as a model of its own. The types of its outputs are left to the engine to infer.
 *
 * @param types  of its inputs
 * @throws RangeError when an input is no tensor of a known type
 */
export function encodePiece(network: Network, piece: NetworkPiece, types: ReadonlyMap<string, ValueType>): Uint8Array {
  const graph = encode(
    ...[...piece.constants, ...piece.nodes].map(({ bytes }) => messageField(1, encoded(bytes))),
    textField(2, "piece"),
    ...piece.tensors.map((name) => messageField(5, encoded(network.tensors.get(name)!.bytes))),
    ...piece.inputs.map((name) => messageField(11, encodeInput(name, types.get(name)))),
    ...piece.outputs.map((name) => messageField(12, textField(1, name))),
  );
  const model = encode(
    varintField(1, Math.max(leastFormatVersion, network.formatVersion)),
    messageField(7, graph),
    ...network.common.map(({ field, bytes }) => messageField(field, encoded(bytes))),
  );
  return Buffer.concat(model.parts.filter((part) => part instanceof Uint8Array));
}

function encodeInput(name: string, value: ValueType | undefined): Encoded {
  const type = value === undefined ? undefined : elementTypes[value.type];
  if (value === undefined || type === undefined) throw new RangeError(`value "${name}" is no tensor of a known type`);
  const dimensions = value.dimensions.map((size) => messageField(1, varintField(1, size)));
  const tensor = encode(varintField(1, type), messageField(2, encode(...dimensions)));
  return encode(textField(1, name), messageField(2, messageField(1, tensor)));
}

function encoded(bytes: Uint8Array): Encoded {
  return { length: bytes.length, parts: [bytes] };
}
