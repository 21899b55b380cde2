/** Jobs of one other task: work for each that may fall into a window. All ns. */
export interface Interference {
  readonly period: number;
  /** How much later than at their releases jobs may do the work, so that more of them crowd into a window. */
  readonly jitter: number;
  /** Of one job. */
  readonly work: number;
}

/** Window of a task: its own needs, and what others take from it. */
export interface Recurrence {
  /** ns > 0 */
  readonly base: number;
  readonly interferences: readonly Interference[];
}

const patience = 1000;

/** A fixed point that is not found by then counts as none, which is safe. */
const mostSteps = 1_000_000;

/**
 * Least R ≥ from with R ≥ base + Σ ⌈(R + jitter)/period⌉ · work, found by iterating; or the first iterate beyond the limit. From the base on,
 * that is the least fixed point.
 *
 * The iterates only grow, and stay below any fixed point. After a thousand of them it jumps to a value that no fixed point is below, so that
 * demands near the whole of the time do not take ages; where there is none, it answers one beyond the limit.
 *
 * @param limit  whole ns; a result at most this is the answer
 */
export function leastFixedPoint({ base, interferences }: Recurrence, limit: number, from = base): number {
  let response = from;
  for (let step = 1; response <= limit; step++) {
    let next = base;
    for (const { period, jitter, work } of interferences) next += Math.ceil((response + jitter) / period) * work;
    if (next <= response) return response;
    response = next;
    if (step === mostSteps) return limit + 1;
    if (step === patience) response = Math.max(response, Math.min(limit + 1, floorOf({ base, interferences })));
  }
  return response;
}

/**
 * Without the ceilings the right side is a straight line, which meets R first. Demands within 1e-12 of all time count as having no fixed point: theirs
 * would be beyond 1000 s for every ns of the base.
 */
function floorOf({ base, interferences }: Recurrence): number {
  let load = 0;
  let start = base;
  for (const { period, jitter, work } of interferences) {
    load += work / period;
    start += (jitter / period) * work;
  }
  const rounding = 1e-12;
  if (load >= 1 - rounding) return Number.POSITIVE_INFINITY;
  return Math.floor((start * (1 - rounding)) / (1 - load + rounding));
}
