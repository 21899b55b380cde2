import { fillTensor } from "./fillTensor.ts";
import type { AttributeValue, Graph, GraphNode, GraphValue, StoredTensor } from "./graph.ts";
import type { WeightLayout } from "./layOutWeights.ts";
import {
  bytesField,
  type Encoded,
  encode,
  floatField,
  messageField,
  packedVarintsField,
  textField,
  varintField,
} from "./protobuf.ts";

/** Version 17 is the first with LayerNormalization; version 8 of the format is the one that came with it. */
const operatorSet = 17;
const formatVersion = 8;

const elementTypes = { float32: 1, int64: 7 } as const;
const externalData = 1;
const attributeTypes = { float: 1, integer: 2, text: 3, integers: 7 } as const;

/** What an encoded model needs to know about its weights. */
export interface Weights {
  /** Fixes all random values. */
  readonly seed: string;
  /** Name of the weight file beside the model file. */
  readonly file: string;
  readonly layout: WeightLayout;
}

/** A graph as an ONNX model file. Field numbers are those of onnx.proto3 (github.com/onnx/onnx). */
export function encodeModel(graph: Graph, weights: Weights): Encoded {
  return encode(
    varintField(1, formatVersion),
    textField(2, "partitune"),
    messageField(7, encodeGraph(graph, weights)),
    messageField(8, encode(textField(1, ""), varintField(2, operatorSet))),
  );
}

function encodeGraph(graph: Graph, weights: Weights): Encoded {
  return encode(
    ...graph.nodes.map((node) => messageField(1, encodeNode(node))),
    textField(2, graph.name),
    ...graph.tensors.map((tensor) => messageField(5, encodeTensor(tensor, weights))),
    ...graph.inputs.map((value) => messageField(11, encodeValue(value))),
    ...graph.outputs.map((value) => messageField(12, encodeValue(value))),
  );
}

function encodeNode(node: GraphNode): Encoded {
  return encode(
    ...node.inputs.map((name) => textField(1, name)),
    textField(2, node.output),
    textField(3, node.output),
    textField(4, node.operator),
    ...Object.entries(node.attributes).map(([name, value]) => messageField(5, encodeAttribute(name, value))),
  );
}

function encodeAttribute(name: string, value: AttributeValue): Encoded {
  const body = (type: keyof typeof attributeTypes, ...fields: readonly Encoded[]): Encoded =>
    encode(textField(1, name), ...fields, varintField(20, attributeTypes[type]));
  if (typeof value === "number") return body("integer", varintField(3, value));
  if (typeof value === "string") return body("text", textField(4, value));
  if ("float" in value) return body("float", floatField(2, value.float));
  return body("integers", ...value.map((each) => varintField(8, each)));
}

function encodeTensor(tensor: StoredTensor, weights: Weights): Encoded {
  const type = tensor.fill.kind === "integers" ? "int64" : "float32";
  const place = weights.layout.places.find((each) => each.tensor === tensor);
  return encode(
    packedVarintsField(1, tensor.dimensions),
    varintField(2, elementTypes[type]),
    textField(8, tensor.name),
    place === undefined
      ? bytesField(9, fillTensor(tensor, weights.seed))
      : encodePlace(weights.file, place.offset, place.length),
  );
}

function encodePlace(file: string, offset: number, length: number): Encoded {
  const entry = (key: string, value: string): Encoded =>
    messageField(13, encode(textField(1, key), textField(2, value)));
  return encode(
    entry("location", file),
    entry("offset", String(offset)),
    entry("length", String(length)),
    varintField(14, externalData),
  );
}

function encodeValue(value: GraphValue): Encoded {
  const dimensions = value.dimensions.map((size) =>
    messageField(1, typeof size === "number" ? varintField(1, size) : textField(2, size)),
  );
  const tensor = encode(varintField(1, elementTypes[value.type]), messageField(2, encode(...dimensions)));
  return encode(textField(1, value.name), messageField(2, encode(messageField(1, tensor))));
}
