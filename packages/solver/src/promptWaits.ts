import type { SteadyState } from "./busyPeriods.ts";
import { countUpTo } from "./countUpTo.ts";

/** For each size of the batch that serves a request: how long it waited for the server, had all been served by the next batch. */
export interface PromptWaits {
  /** Expected requests per batch served whose batch has `size` and that waited at most `seconds`. */
  atMost(size: number, seconds: number): number;
}

/**
 * Waits of requests that arrive in a busy period, as if the batch that follows took them all.
 *
 * The instant of an arrival is uniform in its period and independent of how many others arrive in it, so the wait is uniform
 * too, whatever the size of the next batch: no quadrature is needed.
 */
export function promptWaits(state: SteadyState): PromptWaits {
  const maxBatch = state.station.occupancySeconds.length;
  const periods = [...state.periods].sort((a, b) => a.seconds - b.seconds);
  const lengths = Float64Array.from(periods, (period) => period.seconds);
  const count = periods.length + 1;
  const passed = new Float64Array(maxBatch * count);
  const slopes = new Float64Array(maxBatch * count);
  periods.forEach((period, i) => {
    nextBatchSizes(period.left, period.arrivals, maxBatch).forEach((probability, k) => {
      passed[k * count + i + 1] = probability * period.weight;
      slopes[k * count + i] = (probability * period.weight) / period.seconds;
    });
  });
  for (let k = 0; k < maxBatch; k += 1) {
    for (let i = 1; i < count; i += 1) passed[k * count + i]! += passed[k * count + i - 1]!;
    for (let i = count - 2; i >= 0; i -= 1) slopes[k * count + i]! += slopes[k * count + i + 1]!;
  }
  return {
    atMost(size, seconds) {
      if (seconds <= 0) return 0;
      const at = (size - 1) * count + countUpTo(lengths, seconds);
      return passed[at]! + seconds * slopes[at]!;
    },
  };
}

/** Probability that the next batch has k + 1 requests: those left waiting, the one looked at, and all others that arrive. */
function nextBatchSizes(left: Float64Array, arrivals: Float64Array, maxBatch: number): Float64Array {
  const sizes = new Float64Array(maxBatch);
  let below = 0;
  for (let k = 0; k < maxBatch - 1; k += 1) {
    let sum = 0;
    for (let i = Math.max(0, k - arrivals.length + 1); i <= k && i < left.length; i += 1)
      sum += left[i]! * arrivals[k - i]!;
    sizes[k] = sum;
    below += sum;
  }
  sizes[maxBatch - 1] = Math.max(0, 1 - below);
  return sizes;
}
