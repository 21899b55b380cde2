import { exponentialZiggurat } from "./exponentialZiggurat.ts";
import { hashSeed } from "./hashSeed.ts";
import { logFactorial } from "./logFactorial.ts";

/**
 * A stream of random numbers fixed by its seed: the same seed gives the same numbers on every machine.
 *
 * The methods need their object: write `() => random.next()`, not `random.next`, where a function is wanted.
 */
export interface Random {
  /** Uniform on [0, 1), a multiple of 2^-53. */
  next(): number;
  /** Uniform on the whole numbers 0 … n − 1, 1 ≤ n ≤ 2^53; the bias is below n / 2^53. */
  integer(n: number): number;
  /** Standard normal: mean 0, variance 1. */
  normal(): number;
  /** Exponential with the given rate > 0; its mean is 1 / rate, in the inverse unit of the rate. */
  exponential(rate: number): number;
  /** Number of events of a Poisson process, mean ≥ 0 in all. */
  poisson(mean: number): number;
  /** The items in a uniformly random order, as a new array. */
  shuffle<T>(items: readonly T[]): T[];
  /** Writes uniform numbers on [0, 1) into the whole buffer. */
  fillUniform(buffer: Float64Array): void;
  /** Writes exponential numbers into the whole buffer, the same ones that `exponential` would return; the quickest way to many. */
  fillExponential(buffer: Float64Array, rate: number): void;
  /**
   * A stream of its own, fixed by this stream's seed and the label alone. How many numbers were drawn before does not matter, so adding
   * a consumer changes nothing for the others. The same label gives the same stream again.
   */
  fork(label: string | number): Random;
}

/**
 * Starts a random stream from a seed.
 *
 * Generator: sfc32 (C. Doty-Humphrey, PractRand): 128 bits of state, mean period 2^127, at least 2^32; passes PractRand and BigCrush.
 * Not for cryptography.
 *
 * @param seed  any text, or any finite number; 1 and "1" are different seeds
 * @throws RangeError when the seed is not finite
 * @example const random = seededRandom("arrivals"); random.exponential(20)  // seconds to the next of 20 requests/s
 */
export function seededRandom(seed: string | number): Random {
  return new Sfc32(hashSeed(seed));
}

const twoTo26 = 2 ** 26;
const { edges, inside, densities, tail } = exponentialZiggurat;
const twoTo53 = 2 ** 53;

class Sfc32 implements Random {
  readonly #seed: number;
  readonly #state: Int32Array;

  constructor(seed: number) {
    this.#seed = seed;
    this.#state = Int32Array.of(0, seed, seed / 0x100000000, 1);
    for (let i = 0; i < 12; i++) this.next();
  }

  /** Two steps of sfc32 written out, with the state read and written once. */
  next(): number {
    const state = this.#state;
    const b = state[1]!;
    const c = state[2]!;
    const counter = state[3]!;
    const high = (((state[0]! + b) | 0) + counter) | 0;
    const nextA = b ^ (b >>> 9);
    const nextB = (c + (c << 3)) | 0;
    const nextC = (((c << 21) | (c >>> 11)) + high) | 0;
    const low = (((nextA + nextB) | 0) + counter + 1) | 0;
    state[0] = nextB ^ (nextB >>> 9);
    state[1] = nextC + (nextC << 3);
    state[2] = ((nextC << 21) | (nextC >>> 11)) + low;
    state[3] = counter + 2;
    return ((high >>> 5) * twoTo26 + (low >>> 6)) / twoTo53;
  }

  integer(n: number): number {
    if (!(n >= 1 && n <= 2 ** 53 && Number.isInteger(n))) {
      throw new RangeError(`integer(n) needs a whole number from 1 to 2^53, got ${n}`);
    }
    return Math.floor(this.next() * n);
  }

  /** Polar method of G. Marsaglia and T. Bray (1964); the second number is dropped, so that no draw depends on a hidden remainder. */
  normal(): number {
    for (;;) {
      const x = 2 * this.next() - 1;
      const y = 2 * this.next() - 1;
      const s = x * x + y * y;
      if (s > 0 && s < 1) return x * Math.sqrt((-2 * Math.log(s)) / s);
    }
  }

  exponential(rate: number): number {
    checkRate(rate);
    return this.#standardExponential() / rate;
  }

  poisson(mean: number): number {
    if (!(mean >= 0 && mean <= 2 ** 52)) throw new RangeError(`poisson(mean) needs a mean from 0 to 2^52, got ${mean}`);
    return mean < 10 ? this.#poissonByGaps(mean) : this.#poissonByRejection(mean);
  }

  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = items.slice();
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = Math.floor(this.next() * (i + 1));
      const item = shuffled[i]!;
      shuffled[i] = shuffled[j]!;
      shuffled[j] = item;
    }
    return shuffled;
  }

  fillUniform(buffer: Float64Array): void {
    for (let i = 0; i < buffer.length; i++) buffer[i] = this.next();
  }

  fillExponential(buffer: Float64Array, rate: number): void {
    checkRate(rate);
    for (let i = 0; i < buffer.length; i++) buffer[i] = this.#standardExponential() / rate;
  }

  fork(label: string | number): Random {
    return new Sfc32(hashSeed(this.#seed, label));
  }

  /** Ziggurat: 99 of 100 numbers cost one multiplication and one comparison. */
  #standardExponential(): number {
    for (;;) {
      const u = this.next();
      const layer = (u * twoTo53) & 255; // the lowest 8 of the 53 bits: given the layer, u is still uniform to 2^-45
      const x = u * edges[layer]!;
      if (u < inside[layer]!) return x;
      if (layer === 0) return tail - Math.log(1 - this.next());
      const floor = densities[layer]!;
      if (floor + (densities[layer + 1]! - floor) * this.next() < Math.exp(-x)) return x;
    }
  }

  /** Counts unit-rate exponential gaps, as a product of uniforms (D. Knuth, TAOCP 2, section 3.4.1). */
  #poissonByGaps(mean: number): number {
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = this.next(); product > limit; product *= this.next()) count++;
    return count;
  }

  /** Transformed rejection PTRS of W. Hörmann (1993), valid from mean 10 on; about 1.2 pairs of uniforms a draw. */
  #poissonByRejection(mean: number): number {
    const b = 0.931 + 2.53 * Math.sqrt(mean);
    const a = -0.059 + 0.02483 * b;
    const logInverseAlpha = Math.log(1.1239 + 1.1328 / (b - 3.4));
    const inside = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
      const u = this.next() - 0.5;
      const v = 1 - this.next();
      const reach = 0.5 - Math.abs(u);
      const k = Math.floor(((2 * a) / reach + b) * u + mean + 0.43);
      if (reach >= 0.07 && v <= inside) return k;
      if (k < 0 || (reach < 0.013 && v > reach)) continue;
      const accepted = Math.log(v) + logInverseAlpha - Math.log(a / (reach * reach) + b);
      if (accepted <= k * Math.log(mean) - mean - logFactorial(k)) return k;
    }
  }
}

function checkRate(rate: number): void {
  if (!(rate > 0 && rate < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`an exponential needs a finite rate above 0, got ${rate}`);
  }
}
