import type { SteadyState } from "./busyPeriods.ts";
import { collectWaiting, type Waiting } from "./collectWaiting.ts";
import { fullBatchCells, serveFullBatches } from "./serveFullBatches.ts";
import { splitBySize } from "./splitBySize.ts";
import { addCells, cumulateCells, readCumulated } from "./timeCells.ts";

/** Waits of requests that find a full batch or more ahead of them, on a grid of time. */
export interface LongWaits {
  /** Such requests (per batch served) with at most `seconds` of the present busy period to go. */
  residualAtMost(seconds: number): number;
  /** Such requests that are served in a batch of `size` and waited at most `seconds` for its start. */
  atMost(size: number, seconds: number): number;
  /** No wait on the grid is longer. */
  readonly longestSeconds: number;
}

/** Cells per full batch: at most this many, but fewer with many batches ahead, as the error is relative to the whole wait. */
const finest = 32;
const [enough, plenty] = [256, 4096];

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
  const waiting = collectWaiting(state, step);
  const residual = cumulateCells(sumRows(waiting));
  const batchCells = fullBatchCells(ratios.ratios, ratios.weights, fullSeconds / step);
  const near = serveFullBatches(waiting.byBatches.slice(0, waiting.farFrom), batchCells, maxBatch);
  const far = serveFullBatches(keepFrom(waiting.byBatches, waiting.farFrom), batchCells, 1);
  const bySize = splitBySize(near, maxBatch, rate * step);
  bySize[maxBatch - 1] = addCells(bySize[maxBatch - 1]!, far);
  const edges = bySize.map(cumulateCells);
  return {
    residualAtMost: (seconds) => readCumulated(residual, seconds / step),
    atMost: (size, seconds) => readCumulated(edges[size - 1]!, seconds / step),
    longestSeconds: Math.max(waiting.cells, near.length / maxBatch, far.length) * step,
  };
}

function keepFrom(rows: readonly Float64Array[], first: number): Float64Array[] {
  return rows.map((row, i) => (i < first ? new Float64Array(0) : row));
}

function sumRows({ byBatches, cells }: Waiting): Float64Array {
  const sums = new Float64Array(cells);
  for (const row of byBatches) {
    const width = row.length / cells;
    for (let i = 0; i < row.length; i += 1) sums[Math.floor(i / width)]! += row[i]!;
  }
  return sums;
}
