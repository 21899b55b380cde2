import type { Random } from "@partitune/numerics";

/** Makes the values of one element type: floats from −1 to 1, whole numbers 0 or 1. */
type Fill = (random: Random, length: number) => TensorData;

export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

const float = (random: Random): number => random.next() * 2 - 1;
/** Zeros and ones are valid wherever whole numbers are: as indices, as masks and as kinds. */
const bit = (random: Random): number => (random.next() < 0.5 ? 0 : 1);
const bigBit = (random: Random): bigint => (random.next() < 0.5 ? 0n : 1n);
/** Half-precision bits of a number whose magnitude is in [0.5, 1). */
const half = (random: Random): number =>
  (random.next() < 0.5 ? 0x8000 : 0) | 0x3800 | Math.floor(random.next() * 0x400);

/** The element types that random inputs can be made for, by their ONNX Runtime names. */
const fills = {
  float32: (random, length) => Float32Array.from({ length }, () => float(random)),
  float64: (random, length) => Float64Array.from({ length }, () => float(random)),
  float16: (random, length) => Uint16Array.from({ length }, () => half(random)),
  int8: (random, length) => Int8Array.from({ length }, () => bit(random)),
  uint8: (random, length) => Uint8Array.from({ length }, () => bit(random)),
  bool: (random, length) => Uint8Array.from({ length }, () => bit(random)),
  int16: (random, length) => Int16Array.from({ length }, () => bit(random)),
  uint16: (random, length) => Uint16Array.from({ length }, () => bit(random)),
  int32: (random, length) => Int32Array.from({ length }, () => bit(random)),
  uint32: (random, length) => Uint32Array.from({ length }, () => bit(random)),
  int64: (random, length) => BigInt64Array.from({ length }, () => bigBit(random)),
  uint64: (random, length) => BigUint64Array.from({ length }, () => bigBit(random)),
} as const satisfies Record<string, Fill>;

export type FillableType = keyof typeof fills;

/** True when random values can be made for an element type. */
export function isFillable(type: string): type is FillableType {
  return Object.hasOwn(fills, type);
}

/** Random values of an element type, `length` of them; see {@link Fill} for their ranges. */
export function randomTensorData(type: FillableType, random: Random, length: number): TensorData {
  return fills[type](random, length);
}
