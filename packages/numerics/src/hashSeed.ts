const bits = new DataView(new ArrayBuffer(8));

/**
 * Mixes texts and numbers into one seed, so that streams can be named by what they are for.
 *
 * Order, type and the borders between parts count: ("ab", "c"), ("a", "bc") and ("a", "b", "c") all differ, and so do 1 and "1".
 *
 * @param parts  any texts and numbers; -0 counts as 0
 * @returns a whole number in [0, 2^53); two of a million different inputs share one with probability 6e-5
 * @throws RangeError when a number is not finite
 * @see two multiplicative lanes with the finaliser of MurmurHash3 (A. Appleby), as in bryc's cyrb53; not cryptographic
 * @example hashSeed("round", 3, "bert")
 */
export function hashSeed(...parts: readonly (string | number)[]): number {
  const lanes: [number, number] = [0xdeadbeef | 0, 0x41c6ce57];
  for (const part of parts) {
    if (typeof part === "number") mixNumber(lanes, part);
    else mixText(lanes, part);
  }
  const low = finalise(lanes[0], lanes[1]);
  const high = finalise(lanes[1], lanes[0]);
  return (high & 0x1fffff) * 0x100000000 + (low >>> 0);
}

function mixNumber(lanes: [number, number], value: number): void {
  if (!Number.isFinite(value)) throw new RangeError(`a seed must be a finite number or a text, got ${value}`);
  bits.setFloat64(0, value + 0);
  mixWord(lanes, -1);
  mixWord(lanes, bits.getInt32(0));
  mixWord(lanes, bits.getInt32(4));
}

function mixText(lanes: [number, number], text: string): void {
  mixWord(lanes, text.length);
  for (let i = 0; i < text.length; i++) mixWord(lanes, text.charCodeAt(i));
}

function mixWord(lanes: [number, number], word: number): void {
  lanes[0] = rotate(Math.imul(lanes[0] ^ word, 0x9e3779b1), 13);
  lanes[1] = rotate(Math.imul(lanes[1] ^ word, 0x5f356495), 17);
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function finalise(lane: number, other: number): number {
  let word = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b);
  word ^= Math.imul(other ^ (other >>> 13), 0xc2b2ae35);
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}
