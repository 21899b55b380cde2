import type { BusyPeriod, SteadyState } from "./busyPeriods.ts";
import { poissonProbabilities } from "./poissonProbabilities.ts";

/** Waits of requests that find a full batch or more ahead of them, on a grid of time. */
export interface LongWaits {
  /** Such requests (per batch served) with at most `seconds` of the present busy period to go. */
  residualAtMost(seconds: number): number;
  /** Such requests that are served in a batch of `size` and waited at most `seconds` for its start. */
  atMost(size: number, seconds: number): number;
  /** No wait on the grid is longer. */
  readonly longestSeconds: number;
}

/** Requests by how many others are ahead (batches · B + place) and by the time until the server is free, a row per time cell. */
interface Waiting {
  readonly cells: number;
  /** byBatches[f] holds cells × B numbers: requests with f full batches ahead, by cell and place in their own batch. */
  readonly byBatches: Float64Array[];
}

/** Cells per full batch: at most this many, but fewer with many batches ahead, as the error is relative to the whole wait. */
const finest = 32;
const [enough, plenty] = [256, 4096];
const negligible = 1e-12;

/**
 * Follows requests that cannot be served by the next batch: how long until they can.
 *
 * With f full batches ahead the wait is what remains of the present one plus f times a full batch. Requests are taken through
 * one full batch at a time, starting with those furthest back, so that each step is one convolution. When the wait is τ, the
 * batch that serves holds those who were ahead in it, the request, and the Poisson(rate·τ) that came meanwhile.
 */
export function longWaits(state: SteadyState): LongWaits {
  const { station, rate, ratios } = state;
  const maxBatch = station.occupancySeconds.length;
  const fullSeconds = station.occupancySeconds[maxBatch - 1]!;
  const batchesAhead = Math.max(1, Math.ceil(state.leftByFullBatch.length / maxBatch));
  const cells = Math.max(8, enough / batchesAhead);
  const step = fullSeconds / Math.ceil(Math.min(finest, cells, Math.max(1, plenty / batchesAhead)));
  const waiting = collect(state, step);
  const residual = cumulate(sumRows(waiting, maxBatch));
  const arrived = serveFullBatches(waiting, spread(ratios.ratios, ratios.weights, fullSeconds / step), maxBatch);
  const bySize = splitBySize(arrived, maxBatch, rate * step).map(cumulate);
  return {
    residualAtMost: (seconds) => readCumulated(residual, seconds / step),
    atMost: (size, seconds) => readCumulated(bySize[size - 1]!, seconds / step),
    longestSeconds: (arrived.length / maxBatch) * step,
  };
}

/** All requests that arrive with at least a full batch ahead of them. */
function collect(state: SteadyState, step: number): Waiting {
  const longestPeriod = state.periods.reduce((longest, period) => Math.max(longest, period.seconds), 0);
  const waiting: Waiting = { cells: Math.ceil(longestPeriod / step) + 2, byBatches: [] };
  const byLeft = Map.groupBy(state.periods, (period) => period.left);
  for (const [left, periods] of byLeft) collectFrom(waiting, left, periods, state, step);
  return waiting;
}

/** Arrivals in periods that begin with the same queue. It grows alike in all of them, so it is followed once, through the longest. */
function collectFrom(
  waiting: Waiting,
  left: Float64Array,
  periods: readonly BusyPeriod[],
  { station, rate, totalWeight }: SteadyState,
  step: number,
) {
  const maxBatch = station.occupancySeconds.length;
  const growth = poissonProbabilities(rate * step);
  const longest = periods.reduce((most, period) => Math.max(most, period.seconds), 0);
  let ahead = convolve(left, poissonProbabilities((rate * step) / 2));
  for (let cell = 0; cell * step < longest * (1 - 1e-9); cell += 1) {
    if (ahead.length > maxBatch) deposit(waiting, ahead, residualCells(periods, cell, step), maxBatch, totalWeight);
    ahead = convolve(ahead, growth);
  }
}

/** Requests that arrive in one cell of time after a period's begin, by the cell of time that then remains of it. */
function residualCells(periods: readonly BusyPeriod[], cell: number, step: number): Map<number, number> {
  const shares = new Map<number, number>();
  for (const { seconds, weight } of periods) {
    const width = Math.min(step, seconds - cell * step);
    if (width > 0) share(shares, width < step ? 0 : seconds / step - cell - 1, (weight * width) / seconds);
  }
  return shares;
}

/** Adds requests with the given distribution of how many are ahead to cells of remaining time. */
function deposit(
  waiting: Waiting,
  ahead: Float64Array,
  shares: ReadonlyMap<number, number>,
  maxBatch: number,
  totalWeight: number,
) {
  const arriving = [...shares.values()].reduce((sum, mass) => sum + mass, 0);
  for (let count = maxBatch; count < ahead.length; count += 1) {
    if (ahead[count]! * arriving < negligible * totalWeight) continue;
    const batches = Math.floor(count / maxBatch);
    while (waiting.byBatches.length <= batches) waiting.byBatches.push(new Float64Array(waiting.cells * maxBatch));
    const row = waiting.byBatches[batches]!;
    for (const [cell, mass] of shares) row[cell * maxBatch + (count % maxBatch)]! += mass * ahead[count]!;
  }
}

/** Takes requests through the full batches ahead of them, those furthest back first. */
function serveFullBatches(
  { byBatches, cells }: Waiting,
  batchCells: ReadonlyMap<number, number>,
  maxBatch: number,
): Float64Array {
  let current: Float64Array = new Float64Array(0);
  const longestShift = Math.max(...batchCells.keys());
  for (let batches = byBatches.length - 1; batches > 0; batches -= 1) {
    const joined = add(current, byBatches[batches]!);
    const first = joined.findIndex((mass) => mass > 0);
    const next = new Float64Array(joined.length + longestShift * maxBatch);
    for (const [cell, weight] of batchCells) {
      const offset = cell * maxBatch;
      for (let i = Math.max(0, first); i < joined.length; i += 1) next[i + offset]! += weight * joined[i]!;
    }
    current = trim(next, maxBatch);
  }
  return current.length > 0 ? current : new Float64Array(cells * maxBatch);
}

/** Splits requests whose turn has come by the size of the batch that serves them: size k + 1 at index k, by cell. */
function splitBySize(arrived: Float64Array, maxBatch: number, meanPerCell: number): Float64Array[] {
  if (maxBatch === 1) return [arrived];
  const cells = arrived.length / maxBatch;
  const bySize = Array.from({ length: maxBatch }, () => new Float64Array(cells));
  for (let cell = 0; cell < cells; cell += 1) {
    const mean = meanPerCell * (cell + 0.5);
    const behind = mean - 9 * Math.sqrt(mean) > maxBatch ? new Float64Array(0) : poissonProbabilities(mean);
    for (let place = 0; place < maxBatch; place += 1) {
      const mass = arrived[cell * maxBatch + place]!;
      if (mass === 0) continue;
      let rest = mass;
      for (let k = place; k < maxBatch - 1 && k - place < behind.length; k += 1) {
        const part = mass * behind[k - place]!;
        bySize[k]![cell]! += part;
        rest -= part;
      }
      bySize[maxBatch - 1]![cell]! += Math.max(0, rest);
    }
  }
  return bySize;
}

/** Length of a full batch in cells, by ratio: weights of whole cells whose mean is exact. */
function spread(ratios: Float64Array, weights: Float64Array, cells: number): ReadonlyMap<number, number> {
  const shares = new Map<number, number>();
  ratios.forEach((ratio, j) => {
    share(shares, ratio * cells, weights[j]!);
  });
  return shares;
}

/** Adds mass at a place between two cells to both, so that its mean is exact. */
function share(shares: Map<number, number>, place: number, mass: number) {
  const snapped = snap(place);
  const cell = Math.floor(snapped);
  shares.set(cell, (shares.get(cell) ?? 0) + mass * (1 - snapped + cell));
  if (snapped > cell) shares.set(cell + 1, (shares.get(cell + 1) ?? 0) + mass * (snapped - cell));
}

/** Rounding must not split a whole number of cells in two. */
function snap(cells: number): number {
  const whole = Math.round(cells);
  return Math.abs(cells - whole) < 1e-9 * Math.max(1, whole) ? whole : cells;
}

function sumRows({ byBatches, cells }: Waiting, maxBatch: number): Float64Array {
  const sums = new Float64Array(cells);
  for (const row of byBatches) for (let i = 0; i < row.length; i += 1) sums[Math.floor(i / maxBatch)]! += row[i]!;
  return sums;
}

function convolve(a: Float64Array, kernel: Float64Array): Float64Array {
  const result = new Float64Array(a.length + kernel.length - 1);
  for (let i = 0; i < a.length; i += 1) {
    const value = a[i]!;
    if (value > 0) for (let j = 0; j < kernel.length; j += 1) result[i + j]! += value * kernel[j]!;
  }
  let length = result.length;
  while (length > 1 && result[length - 1]! < negligible) length -= 1;
  return result.subarray(0, length);
}

function add(a: Float64Array, b: Float64Array): Float64Array {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  const sum = long.slice();
  for (let i = 0; i < short.length; i += 1) sum[i]! += short[i]!;
  return sum;
}

/** Drops trailing cells that hold nearly nothing. */
function trim(values: Float64Array, maxBatch: number): Float64Array {
  let [end, dropped] = [values.length, 0];
  while (end > 0) {
    dropped += values[end - 1]!;
    if (dropped > negligible) break;
    end -= 1;
  }
  return values.subarray(0, Math.ceil(end / maxBatch) * maxBatch);
}

/** Running sums at the cells' edges. */
function cumulate(cells: Float64Array): Float64Array {
  const edges = new Float64Array(cells.length + 1);
  for (let i = 0; i < cells.length; i += 1) edges[i + 1] = edges[i]! + cells[i]!;
  return edges;
}

/** Running sum at a place between edges, in cells. */
function readCumulated(edges: Float64Array, place: number): number {
  if (place <= 0) return 0;
  const cell = Math.floor(place);
  if (cell >= edges.length - 1) return edges[edges.length - 1]!;
  return edges[cell]! + (place - cell) * (edges[cell + 1]! - edges[cell]!);
}
