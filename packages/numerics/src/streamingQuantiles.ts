import { quantileIndex } from "./quantile.ts";

/** Counts of positive values in buckets of constant relative width: quantiles of any number of values in fixed memory. */
export interface StreamingQuantiles {
  /** Every quantile is within this fraction of the true one. */
  readonly relativeError: number;
  /** Values added. */
  readonly count: number;
  /** Their sum, exact but for rounding. */
  readonly sum: number;
  /** Their mean, exact but for rounding; NaN when none was added. */
  readonly mean: number;
  /** The smallest value, exact; Infinity when none was added. */
  readonly minimum: number;
  /** The largest value, exact; -Infinity when none was added. */
  readonly maximum: number;
  /**
   * Counts a value ≥ 0. O(1), without a logarithm; nothing is allocated once the range of the values has been seen.
   *
   * @throws RangeError when the value is negative, infinite or NaN
   */
  add(value: number): void;
  /**
   * The p-quantile, 0 ≤ p ≤ 1: within `relativeError` of element ⌊count · p⌋ (from 0, at most the last) of the sorted values, the definition of
   * `quantile`. Zero is returned exactly. O(buckets).
   *
   * @throws RangeError when p is out of range or nothing was added
   */
  quantile(p: number): number;
  /** The fraction of values ≤ the given one, within the weight of the bucket it falls into; NaN when none was added or the value is NaN. */
  fractionAtMost(value: number): number;
  /**
   * Adds all values of another sketch to this one; the result is the same as if they had been added here.
   *
   * @throws RangeError when the other has another relative error
   */
  merge(other: StreamingQuantiles): void;
}

/**
 * Starts an empty sketch.
 *
 * Buckets come from the bits of the number itself: its exponent and the leading bits of its fraction, so each octave is cut into 2^k equal
 * parts. Memory: 8 bytes × 2^k × octaves between the smallest and the largest value; 20 octaves at 0.2 % take 40 kB,
 * the whole range of numbers 4 MB.
 *
 * @param relativeError  guaranteed bound, 2^-12 … 0.25, by default 0.002; rounded down to the next 2^-(k + 1)
 * @throws RangeError when relativeError is out of range
 * @see the guarantee is that of DDSketch (Masson, Rim and Lee, 2019), the linear cut of octaves that of HdrHistogram (G. Tene)
 * @example const latency = streamingQuantiles(); latency.add(0.012); latency.quantile(0.99)
 */
export function streamingQuantiles(relativeError = 0.002): StreamingQuantiles {
  if (!(relativeError >= 2 ** -12 && relativeError <= 0.25)) {
    throw new RangeError(`the relative error must lie from 2^-12 to 0.25, got ${relativeError}`);
  }
  return new OctaveHistogram(Math.ceil(-Math.log2(relativeError)) - 1);
}

const value64 = new Float64Array(1);
const words = new Uint32Array(value64.buffer);
const highWord = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;
const fractionBits = 20; // of the 52, those that stand in the high word
const least = 2 ** -1022; // below it numbers lose their leading bit: they count as zero

class OctaveHistogram implements StreamingQuantiles {
  readonly relativeError: number;
  count = 0;
  sum = 0;
  minimum = Number.POSITIVE_INFINITY;
  maximum = Number.NEGATIVE_INFINITY;
  readonly #shift: number;
  #zeros = 0;
  /** Number of the bucket that `#counts[0]` counts. */
  #first = 0;
  #counts = new Float64Array(0);

  constructor(bits: number) {
    this.relativeError = 2 ** -(bits + 1);
    this.#shift = fractionBits - bits;
  }

  get mean(): number {
    return this.count === 0 ? Number.NaN : this.sum / this.count;
  }

  add(value: number): void {
    if (!(value >= least && value <= Number.MAX_VALUE)) {
      this.#addSmall(value);
      return;
    }
    value64[0] = value;
    const bucket = words[highWord]! >>> this.#shift;
    let slot = bucket - this.#first;
    if (slot < 0 || slot >= this.#counts.length) {
      this.#cover(bucket, bucket);
      slot = bucket - this.#first;
    }
    this.#counts[slot]! += 1;
    this.#take(value);
  }

  quantile(p: number): number {
    if (this.count === 0) throw new RangeError("no value was added, so there is no quantile");
    const element = quantileIndex(this.count, p);
    let below = this.#zeros;
    if (element < below) return 0;
    let slot = 0;
    for (below += this.#counts[0]!; below <= element; below += this.#counts[++slot]!);
    return Math.min(Math.max(this.#middle(this.#first + slot), this.minimum), this.maximum);
  }

  fractionAtMost(value: number): number {
    if (this.count === 0 || Number.isNaN(value)) return Number.NaN;
    if (value < this.minimum) return 0;
    if (value >= this.maximum) return 1;
    value64[0] = value;
    const last = Math.min((words[highWord]! >>> this.#shift) - this.#first, this.#counts.length - 1);
    let below = this.#zeros;
    for (let slot = 0; slot <= last; slot++) below += this.#counts[slot]!;
    return below / this.count;
  }

  merge(other: StreamingQuantiles): void {
    if (!(other instanceof OctaveHistogram) || other.#shift !== this.#shift) {
      throw new RangeError(
        `cannot merge a sketch of relative error ${other.relativeError} into one of ${this.relativeError}`,
      );
    }
    if (other.#counts.length > 0) {
      this.#cover(other.#first, other.#first + other.#counts.length - 1);
      const offset = other.#first - this.#first;
      for (let slot = 0; slot < other.#counts.length; slot++) this.#counts[slot + offset]! += other.#counts[slot]!;
    }
    this.#zeros += other.#zeros;
    this.count += other.count;
    this.sum += other.sum;
    this.minimum = Math.min(this.minimum, other.minimum);
    this.maximum = Math.max(this.maximum, other.maximum);
  }

  #addSmall(value: number): void {
    if (!(value >= 0 && value < least)) throw new RangeError(`a sketch counts finite values from 0 on, got ${value}`);
    this.#zeros += 1;
    this.#take(value);
  }

  #take(value: number): void {
    this.count += 1;
    this.sum += value;
    if (value < this.minimum) this.minimum = value;
    if (value > this.maximum) this.maximum = value;
  }

  /** Makes room for the buckets first … last, by whole octaves, so that a growing range is copied once per octave at most. */
  #cover(first: number, last: number): void {
    const octave = 2 ** (fractionBits - this.#shift);
    const old = this.#counts;
    const from = Math.floor((old.length === 0 ? first : Math.min(first, this.#first)) / octave) * octave;
    const to = Math.max(last + 1, old.length === 0 ? 0 : this.#first + old.length);
    const counts = new Float64Array(Math.ceil((to - from) / octave) * octave);
    counts.set(old, old.length === 0 ? 0 : this.#first - from);
    this.#counts = counts;
    this.#first = from;
  }

  #middle(bucket: number): number {
    return (edge(bucket, this.#shift) + edge(bucket + 1, this.#shift)) / 2;
  }
}

function edge(bucket: number, shift: number): number {
  words[highWord] = bucket << shift;
  words[1 - highWord] = 0;
  return value64[0]!;
}
