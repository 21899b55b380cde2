import { mannKendall, quantile, quantileInterval } from "@partitune/numerics";
import type { Seconds } from "@partitune/schema";
import { thin } from "./thin.ts";

/** Windows that must agree, as in perf_analyzer; fewer accept ramps. */
const windows = 3;
/** A window must show its median. */
const leastWindow = 5;
/** Windows that differ by less agree, whatever chance allows. */
const tolerance = 0.02;
/** Risk of calling a steady sequence a trend. */
const trendRisk = 0.01;
/** Risk for each window and percentile, six in all; the other windows that they are compared with scatter as well. */
const windowRisk = 0.001;
/** The trend test costs O(n log n) and needs no more. */
const mostForTrend = 2000;

/** The least number of batches from which a steady state can be told. */
export const leastForSteady = windows * leastWindow;

/**
 * Whether the end of a sequence of service times is steady.
 *
 * Looks at the last half (all of a short sequence) in three windows of equal length. Their medians and 90th percentiles must
 * agree within 2 %, or differ by no more than chance explains: each within the distribution-free interval that a window of this
 * length has around the value of the others. And there must be no trend: Mann-Kendall at 1 %, of more than half the tolerance, since with
 * thousands of batches the test finds trends too small to matter. The windows alone would accept a slow drift, the trend alone a
 * limit cycle.
 *
 * @param service  in the order in which the batches ran
 * @returns false as well when there are too few to tell
 */
export function isSteady(service: readonly Seconds[]): boolean {
  const length = Math.max(leastWindow, Math.floor(service.length / 2 / windows));
  if (service.length < windows * length) return false;
  const tail = service.slice(-windows * length);
  const parts = Array.from({ length: windows }, (_, i) => sort(tail.slice(i * length, (i + 1) * length)));
  const pooled = sort(tail);
  return agree(parts, pooled, 0.5) && agree(parts, pooled, 0.9) && !drifts(tail, parts, pooled);
}

function agree(parts: readonly Float64Array[], pooled: Float64Array, p: number): boolean {
  const values = parts.map((part) => quantile(part, p));
  if (Math.max(...values) - Math.min(...values) <= tolerance * quantile(pooled, p)) return true;
  return values.every((value, i) => {
    const others = sort(parts.filter((_, j) => j !== i).flatMap((part) => [...part]));
    const { lower, upper } = quantileInterval(thin(others, parts[i]!.length), p, 1 - windowRisk);
    return value >= (lower ?? 0) && value <= (upper ?? Number.POSITIVE_INFINITY);
  });
}

function drifts(tail: readonly Seconds[], parts: readonly Float64Array[], pooled: Float64Array): boolean {
  const change = Math.abs(quantile(parts.at(-1)!, 0.5) - quantile(parts[0]!, 0.5));
  if (change <= (tolerance / 2) * quantile(pooled, 0.5)) return false;
  const stride = Math.ceil(tail.length / mostForTrend);
  return mannKendall(tail.filter((_, i) => i % stride === 0)).pValue < trendRisk;
}

function sort(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}
