import type { BusyPeriod, SteadyState } from "./busyPeriods.ts";
import { poissonProbabilities } from "./poissonProbabilities.ts";
import { convolveCells, shareBetweenCells } from "./timeCells.ts";

const negligible = 1e-12;

/** Requests by how many others are ahead (batches · B + place) and by the time until the server is free, a row per time cell. */
export interface Waiting {
  readonly cells: number;
  /** From so many batches ahead on, their own batch will certainly be full, so their place in it does not matter. */
  readonly farFrom: number;
  /**
   * byBatches[f] holds requests with f full batches ahead, by cell and place in their own batch: cells × B numbers, or cells alone
   * when they are far.
   */
  readonly byBatches: Float64Array[];
}

/** All requests that arrive with at least a full batch ahead of them. */
export function collectWaiting(state: SteadyState, step: number): Waiting {
  const longestPeriod = state.periods.reduce((longest, period) => Math.max(longest, period.seconds), 0);
  const waiting: Waiting = {
    cells: Math.ceil(longestPeriod / step) + 2,
    farFrom: batchesUntilFull(state),
    byBatches: [],
  };
  const byLeft = Map.groupBy(state.periods, (period) => period.left);
  for (const [left, periods] of byLeft) collectFrom(waiting, left, periods, state, step);
  return waiting;
}

/** Batches after which so many have arrived that the next one is full but for a chance in 10^18. */
function batchesUntilFull({ station, rate, ratios }: SteadyState): number {
  const maxBatch = station.occupancySeconds.length;
  const perBatch = rate * station.occupancySeconds[maxBatch - 1]! * ratios.ratios[0]!;
  // The mean m with m − 9√m = B.
  const enoughArrivals = ((9 + Math.sqrt(81 + 4 * maxBatch)) / 2) ** 2;
  return Math.max(1, Math.ceil(enoughArrivals / perBatch));
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
  let ahead = convolveCells(left, poissonProbabilities((rate * step) / 2));
  for (let cell = 0; cell * step < longest * (1 - 1e-9); cell += 1) {
    if (ahead.length > maxBatch) deposit(waiting, ahead, residualCells(periods, cell, step), maxBatch, totalWeight);
    ahead = convolveCells(ahead, growth);
  }
}

/** Requests that arrive in one cell of time after a period's begin, by the cell of time that then remains of it. */
function residualCells(periods: readonly BusyPeriod[], cell: number, step: number): Map<number, number> {
  const shares = new Map<number, number>();
  for (const { seconds, weight } of periods) {
    const width = Math.min(step, seconds - cell * step);
    if (width > 0) shareBetweenCells(shares, width < step ? 0 : seconds / step - cell - 1, (weight * width) / seconds);
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
  const cells = Int32Array.from(shares.keys());
  const masses = Float64Array.from(shares.values());
  const arriving = masses.reduce((sum, mass) => sum + mass, 0);
  for (let count = maxBatch; count < ahead.length; count += 1) {
    const probability = ahead[count]!;
    if (probability * arriving < negligible * totalWeight) continue;
    const batches = Math.floor(count / maxBatch);
    const far = batches >= waiting.farFrom;
    const [width, place] = far ? [1, 0] : [maxBatch, count - batches * maxBatch];
    extend(waiting, batches, maxBatch);
    const row = waiting.byBatches[batches]!;
    for (let i = 0; i < cells.length; i += 1) row[cells[i]! * width + place]! += masses[i]! * probability;
  }
}

/** Makes room for requests with up to so many batches ahead. */
function extend({ byBatches, cells, farFrom }: Waiting, batches: number, maxBatch: number) {
  while (byBatches.length <= batches) {
    byBatches.push(new Float64Array(cells * (byBatches.length < farFrom ? maxBatch : 1)));
  }
}
