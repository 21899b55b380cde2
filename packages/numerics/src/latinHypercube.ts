import type { Random } from "./random.ts";

/**
 * Latin hypercube sample of the unit cube: cut into n equal slices along any dimension, every slice holds exactly one point, at a uniformly
 * random place in it.
 *
 * @param count  n ≥ 0 points
 * @param dimensions  d ≥ 1
 * @param random  where the randomness comes from; the sample is fixed by it
 * @returns n × d, row-major, in [0, 1)
 * @throws RangeError when a size is no whole number in range
 * @see M. McKay, R. Beckman and W. Conover (1979); O(n d)
 */
export function latinHypercube(count: number, dimensions: number, random: Random): Float64Array {
  if (!(Number.isSafeInteger(count) && count >= 0 && Number.isSafeInteger(dimensions) && dimensions >= 1)) {
    throw new RangeError(`a design needs whole numbers of points and dimensions, got ${count} × ${dimensions}`);
  }
  const points = new Float64Array(count * dimensions);
  const slices = Array.from({ length: count }, (_, i) => i);
  for (let j = 0; j < dimensions; j++) {
    const shuffled = random.shuffle(slices);
    for (let i = 0; i < count; i++) points[i * dimensions + j] = placeIn(shuffled[i]!, count, random.next());
  }
  return points;
}

/** Rounding must not carry a point over the upper border of its slice. */
function placeIn(slice: number, count: number, share: number): number {
  const place = (slice + share) / count;
  return place * count < slice + 1 ? place : slice / count;
}
