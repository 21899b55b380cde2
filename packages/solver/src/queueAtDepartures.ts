import { ladderHeights } from "./ladderHeights.ts";
import { stationaryDistribution } from "./stationaryDistribution.ts";

/** More waiting requests than this are never followed: such a queue misses every deadline. */
const longestQueue = 100_000;

/**
 * Stationary number of requests that a server finds waiting when it becomes free.
 *
 * The embedded chain of a greedy bulk server: from n waiting it takes k = min(max(n, 1), B) (an empty one waits for the next
 * request) and finds n − k plus what arrived during that batch. Levels from B on form a random walk, which is folded into the
 * lower ones through its ladder heights; so nothing is truncated until the distribution is listed.
 *
 * @param arrivals  arrivals[k − 1][i]: probability of i arrivals while a batch of k is served, k = 1…B; mean of the last below B
 * @param tolerance  the list ends where the probability of more waiting is below this
 * @returns probability of n waiting at index n; adds up to 1
 */
export function queueAtDepartures(arrivals: readonly Float64Array[], tolerance: number): Float64Array {
  const top = highestState(arrivals);
  if (top <= arrivals.length) return stationaryDistribution(transitions(arrivals, top + 1));
  const maxBatch = arrivals.length;
  const full = arrivals[maxBatch - 1]!;
  const falls = ladderHeights(full, maxBatch);
  const boundary = transitions(arrivals, maxBatch + longest(arrivals)).slice(0, maxBatch);
  const low = stationaryDistribution(boundary.map((row) => foldDown(row.slice(), falls).slice(0, maxBatch)));
  return listLevels(low, boundary, full, falls, tolerance);
}

/** The highest state that is reached when the queue never outgrows a batch, or Infinity. */
function highestState(arrivals: readonly Float64Array[]): number {
  let top = 1;
  for (let batch = 1; batch <= top; batch += 1) {
    if (batch > arrivals.length) return Number.POSITIVE_INFINITY;
    top = Math.max(top, arrivals[batch - 1]!.length - 1);
  }
  return top;
}

function longest(arrivals: readonly Float64Array[]): number {
  return arrivals.reduce((length, row) => Math.max(length, row.length), 0);
}

/** Rows of the states 0…min(B, width − 1): all that waits goes into one batch. */
function transitions(arrivals: readonly Float64Array[], width: number): Float64Array[] {
  const states = Math.min(width, arrivals.length + 1);
  return Array.from({ length: states }, (_, n) => {
    const row = new Float64Array(width);
    row.set(arrivals[Math.max(n, 1) - 1]!);
    return row;
  });
}

/** Moves probability at levels ≥ B to where the walk first falls below B. */
function foldDown(row: Float64Array, falls: Float64Array): Float64Array {
  const maxBatch = falls.length - 1;
  for (let level = row.length - 1; level >= maxBatch; level -= 1) {
    const mass = row[level]!;
    if (mass > 0) for (let d = 1; d <= maxBatch; d += 1) row[level - d]! += mass * falls[d]!;
  }
  return row;
}

/** Lists the levels from B on: each is entered from below, directly or by falling to it from above. */
function listLevels(
  low: Float64Array,
  boundary: readonly Float64Array[],
  full: Float64Array,
  falls: Float64Array,
  tolerance: number,
): Float64Array {
  const maxBatch = low.length;
  const width = boundary[0]!.length;
  const hits = renewals(falls, width);
  const fromLow = new Float64Array(width);
  boundary.forEach((row, n) => {
    for (let m = maxBatch; m < width; m += 1) fromLow[m]! += low[n]! * row[m]!;
  });
  const climb = correlate(full.subarray(maxBatch), hits);
  const levels = Array.from(low);
  const entries = correlate(fromLow, hits);
  for (let n = maxBatch, tail = 1; tail > tolerance && n < longestQueue; n += 1) {
    let inflow = n < width ? entries[n]! : 0;
    for (let x = Math.min(climb.length - 1, n - maxBatch); x > 0; x -= 1) inflow += levels[n - x]! * climb[x]!;
    levels.push(inflow / (1 - climb[0]!));
    if (n >= width) tail = geometricTail(levels[n - 1]!, levels[n]!);
  }
  const total = levels.reduce((sum, p) => sum + p, 0);
  return Float64Array.from(levels, (p) => p / total);
}

/** Probability that a walk started d levels higher hits this level when falling, at index d. */
function renewals(falls: Float64Array, length: number): Float64Array {
  const hits = new Float64Array(length);
  hits[0] = 1;
  for (let d = 1; d < length; d += 1)
    for (let j = Math.min(d, falls.length - 1); j > 0; j -= 1) hits[d]! += falls[j]! * hits[d - j]!;
  return hits;
}

/** Result at n: Σ over d ≥ 0 of values(n + d)·weights(d). */
function correlate(values: Float64Array, weights: Float64Array): Float64Array {
  const result = new Float64Array(Math.max(values.length, 1));
  for (let n = 0; n < values.length; n += 1)
    for (let d = 0; n + d < values.length; d += 1) result[n]! += values[n + d]! * weights[d]!;
  return result;
}

/** Levels far up fall geometrically; what is left above `last`. */
function geometricTail(previous: number, last: number): number {
  if (last <= 0) return 0;
  const ratio = last / previous;
  return ratio < 1 ? (last * ratio) / (1 - ratio) : Number.POSITIVE_INFINITY;
}
