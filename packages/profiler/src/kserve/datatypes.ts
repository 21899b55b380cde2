import type { Random } from "@partitune/numerics";
import { type FillableType, randomTensorData } from "../workers/randomTensorData.ts";

/** How values of a type of the protocol are made and written. */
interface Datatype {
  /** The type whose values it is filled with. */
  readonly filledAs: FillableType;
  /** True when JSON can hold it. */
  readonly inJson: boolean;
}

/** The tensor types of the protocol, and BF16, which servers add. */
const datatypes: Readonly<Record<string, Datatype>> = {
  BOOL: { filledAs: "bool", inJson: true },
  UINT8: { filledAs: "uint8", inJson: true },
  UINT16: { filledAs: "uint16", inJson: true },
  UINT32: { filledAs: "uint32", inJson: true },
  UINT64: { filledAs: "uint64", inJson: true },
  INT8: { filledAs: "int8", inJson: true },
  INT16: { filledAs: "int16", inJson: true },
  INT32: { filledAs: "int32", inJson: true },
  INT64: { filledAs: "int64", inJson: true },
  FP16: { filledAs: "float16", inJson: false },
  BF16: { filledAs: "float16", inJson: false },
  FP32: { filledAs: "float32", inJson: true },
  FP64: { filledAs: "float64", inJson: true },
  BYTES: { filledAs: "uint8", inJson: true },
};

export const datatypeNames = Object.keys(datatypes);

/** The type that stands for one of the protocol where shapes are planned; undefined for a type that the protocol does not have. */
export function fillableAs(datatype: string): FillableType | undefined {
  return Object.hasOwn(datatypes, datatype) ? datatypes[datatype]!.filledAs : undefined;
}

/** True for a type whose values JSON can hold. */
export function fitsJson(datatype: string): boolean {
  return datatypes[datatype]!.inJson;
}

/** Random values as the binary extension writes them: little-endian, row by row; strings with their lengths before them. */
export function binaryTensor(datatype: string, random: Random, length: number): Uint8Array {
  if (datatype === "BYTES") return binaryTexts(randomTexts(random, length));
  if (datatype === "BF16") {
    const floats = randomTensorData("float32", random, length);
    return bytesOf(Uint16Array.from(new Uint32Array(floats.buffer), (bits) => bits >>> 16));
  }
  return bytesOf(randomTensorData(datatypes[datatype]!.filledAs, random, length));
}

/** The same as values of JSON. */
export function jsonTensor(datatype: string, random: Random, length: number): readonly (number | boolean | string)[] {
  if (datatype === "BYTES") return randomTexts(random, length);
  const values = Array.from(randomTensorData(datatypes[datatype]!.filledAs, random, length), Number);
  return datatype === "BOOL" ? values.map((value) => value === 1) : values;
}

/** Short words of letters: a model of language reads them as it reads others. */
function randomTexts(random: Random, length: number): readonly string[] {
  return Array.from({ length }, () =>
    Array.from({ length: 8 }, () => String.fromCharCode(97 + Math.floor(random.next() * 26))).join(""),
  );
}

function binaryTexts(texts: readonly string[]): Uint8Array {
  return Buffer.concat(
    texts.flatMap((text) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(Buffer.byteLength(text));
      return [length, Buffer.from(text)];
    }),
  );
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}
