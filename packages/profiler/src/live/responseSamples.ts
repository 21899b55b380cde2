import { effectiveSamples, leastSamples, quantile, quantileIndex, quantileRanks } from "@partitune/numerics";
import type { Estimate, Seconds } from "@partitune/schema";

/** Response times of the requests of a window, with percentiles that say how sure they are. */
export interface ResponseSamples {
  /** Ascending; requests without an answer stand at the end, as Infinity. */
  readonly sorted: Float64Array;
  /** The p-quantile with its interval; null where there are too few independent requests for it. */
  percentile(p: number): Estimate | null;
  /** How many independent requests the window is worth at the p-quantile. */
  independent(p: number): number;
}

/**
 * Requests of one batch share one fate, and neighbours in a queue resemble each other: n of them tell less than n independent
 * ones. How much less at the p-quantile is read from the sequence of "above it or not": its lag-1 autocorrelation gives the
 * effective number, which is at most the number of batches. The interval is the distribution-free one of that many samples.
 *
 * A percentile is absent where the effective number is too small for an upper bound, and has an open side where it is too small
 * for that side. One that falls among requests without an answer is "at least the time-out", with an open upper side.
 *
 * @param responses  in the order in which the requests were due; Infinity without an answer
 * @param batches  batches that they were run in
 * @param confidence  coverage of the intervals
 * @see effectiveSamples, quantileRanks, leastSamples
 */
export function responseSamples(
  responses: Float64Array,
  batches: number,
  timeout: Seconds,
  confidence: number,
): ResponseSamples {
  const sorted = responses.slice().sort();
  const independent = (p: number): number => {
    if (sorted.length === 0) return 0;
    const limit = quantile(sorted, p);
    const above = Uint8Array.from(responses, (response) => (response >= limit ? 1 : 0));
    return Math.floor(Math.min(Math.max(1, batches), effectiveSamples(above)));
  };
  const finite = (response: Seconds): Seconds => Math.min(response, timeout);
  const percentile = (p: number): Estimate | null => {
    const n = independent(p);
    if (n < leastSamples(p, { confidence, sides: "upper" })) return null;
    const { lower, upper } = quantileRanks(n, p, confidence);
    const high = upper === undefined ? Number.POSITIVE_INFINITY : sampleAt(sorted, upper / n);
    return {
      value: finite(quantile(sorted, p)),
      low: lower === undefined ? null : finite(sampleAt(sorted, (lower - 1) / n)),
      high: Number.isFinite(high) ? high : null,
    };
  };
  return { sorted, percentile, independent };
}

function sampleAt(sorted: Float64Array, part: number): number {
  return sorted[quantileIndex(sorted.length, Math.min(1, part))]!;
}
