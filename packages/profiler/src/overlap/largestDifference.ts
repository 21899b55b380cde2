import type { Tensor } from "onnxruntime-node";

/** What is compared of a tensor. */
export type ComparedTensor = Pick<Tensor, "type" | "data">;

/**
 * The largest difference between two tensors of the same size, relative to the largest magnitude in the second.
 *
 * @returns 0 when they are equal; Infinity when sizes differ, when values that are no floating-point numbers do, or where only one is
 * infinite or not a number
 */
export function largestDifference(actual: ComparedTensor, expected: ComparedTensor): number {
  if (actual.data.length !== expected.data.length || actual.type !== expected.type) return Number.POSITIVE_INFINITY;
  const [one, other] = [numbersOf(actual), numbersOf(expected)];
  if (one === undefined || other === undefined) {
    const { data } = expected;
    return Array.prototype.every.call(actual.data, (value, i) => value === data[i]) ? 0 : Number.POSITIVE_INFINITY;
  }
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < other.length; i++) {
    if (Number.isFinite(other[i])) largest = Math.max(largest, Math.abs(other[i]!));
    if (Object.is(one[i], other[i])) continue;
    const distance = Math.abs(one[i]! - other[i]!);
    if (!Number.isFinite(distance)) return Number.POSITIVE_INFINITY;
    difference = Math.max(difference, distance);
  }
  return difference === 0 ? 0 : difference / largest;
}

function numbersOf({ type, data }: ComparedTensor): ArrayLike<number> | undefined {
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  if (type !== "float16") return undefined;
  return data instanceof Uint16Array ? Float64Array.from(data, halfPrecision) : (data as unknown as ArrayLike<number>);
}

/** The number that half-precision bits stand for (IEEE 754-2008, binary16). */
function halfPrecision(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
