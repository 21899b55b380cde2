import type { Random } from "./random.ts";

/** Which stretch of the sequence, and whether it is randomised. */
export interface SobolOptions {
  /** Points to leave out at the start, by default 0. The first point is the origin. */
  readonly skip?: number;
  /** Randomises the sequence by a digital shift: one random word per dimension, XORed to all points, which keeps its evenness. */
  readonly shift?: Random;
}

/** Greatest number of dimensions that `sobol` knows. */
export const sobolDimensions = 21;

/**
 * Points of the Sobol sequence in the unit cube, in Gray-code order: evenly spread for any length, best for a power of two.
 *
 * @param count  n ≥ 0 points; skip + n at most 2^32
 * @param dimensions  1 ≤ d ≤ 21
 * @returns n × d, row-major, multiples of 2^-32 in [0, 1)
 * @throws RangeError when a size is no whole number in range
 * @see I. Sobol (1967), I. Antonov and V. Saleev (1979); direction numbers of S. Joe and F. Y. Kuo, Constructing Sobol Sequences with Better
 * Two-Dimensional Projections (2008), their file new-joe-kuo-6.21201; the same points as SciPy's qmc.Sobol without scrambling
 * @example sobol(16, 3, { shift: random })  // 16 configurations of three knobs
 */
export function sobol(count: number, dimensions: number, options: SobolOptions = {}): Float64Array {
  const { skip = 0, shift } = options;
  checkSizes(count, dimensions, skip);
  const points = new Float64Array(count * dimensions);
  for (let j = 0; j < dimensions; j++) {
    const directions = directionNumbers(j);
    let word = shift === undefined ? 0 : shift.integer(2 ** 32) | 0;
    for (let bit = 0, gray = (skip ^ (skip >>> 1)) >>> 0; gray !== 0; bit++, gray >>>= 1) {
      if (gray & 1) word ^= directions[bit]!;
    }
    for (let i = 0; i < count; i++) {
      points[i * dimensions + j] = (word >>> 0) / 2 ** 32;
      const next = skip + i + 1;
      word ^= directions[31 - Math.clz32(next & -next)]!;
    }
  }
  return points;
}

function checkSizes(count: number, dimensions: number, skip: number): void {
  if (!(Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= sobolDimensions)) {
    throw new RangeError(`the Sobol sequence has 1 to ${sobolDimensions} dimensions here, got ${dimensions}`);
  }
  if (!(Number.isInteger(count) && Number.isInteger(skip) && count >= 0 && skip >= 0 && skip + count <= 2 ** 32)) {
    throw new RangeError(`the Sobol sequence has 2^32 points, got ${count} after skipping ${skip}`);
  }
}

/** Per dimension from the second on: the inner coefficients a of its primitive polynomial as bits, and the initial numbers m_1 … m_s. */
const joeKuo: readonly { readonly a: number; readonly m: readonly number[] }[] = [
  { a: 0, m: [1] },
  { a: 1, m: [1, 3] },
  { a: 1, m: [1, 3, 1] },
  { a: 2, m: [1, 1, 1] },
  { a: 1, m: [1, 1, 3, 3] },
  { a: 4, m: [1, 3, 5, 13] },
  { a: 2, m: [1, 1, 5, 5, 17] },
  { a: 4, m: [1, 1, 5, 5, 5] },
  { a: 7, m: [1, 1, 7, 11, 19] },
  { a: 11, m: [1, 1, 5, 1, 1] },
  { a: 13, m: [1, 1, 1, 3, 11] },
  { a: 14, m: [1, 3, 5, 5, 31] },
  { a: 1, m: [1, 3, 3, 9, 7, 49] },
  { a: 13, m: [1, 1, 1, 15, 21, 21] },
  { a: 16, m: [1, 3, 1, 13, 27, 49] },
  { a: 19, m: [1, 1, 1, 15, 7, 5] },
  { a: 22, m: [1, 3, 1, 15, 13, 25] },
  { a: 25, m: [1, 1, 5, 5, 19, 61] },
  { a: 1, m: [1, 3, 7, 11, 23, 15, 103] },
  { a: 4, m: [1, 3, 7, 13, 13, 15, 69] },
];

/** v_i = m_i 2^(32 − i) as signed words, the rest by the recurrence of the polynomial (equation 2 of Joe and Kuo's notes). */
function directionNumbers(dimension: number): Int32Array {
  const directions = new Int32Array(32);
  const { a, m } = dimension === 0 ? vanDerCorput : joeKuo[dimension - 1]!;
  const s = m.length;
  for (let i = 0; i < 32; i++) {
    if (i < s) {
      directions[i] = m[i]! << (31 - i);
      continue;
    }
    let word = directions[i - s]! ^ (directions[i - s]! >>> s);
    for (let k = 1; k < s; k++) if ((a >> (s - 1 - k)) & 1) word ^= directions[i - k]!;
    directions[i] = word;
  }
  return directions;
}

const vanDerCorput = { a: 0, m: Array.from({ length: 32 }, () => 1) };
