import { quantile } from "@partitune/numerics";
import type { Samples, Seconds } from "@partitune/schema";

/** How late batches of an open load were sent, actual − intended start, 99th percentile of the measured ones; null under a closed load, which has no times. */
export function loadLateness({ warmup, start_s, intended_s }: Samples): Seconds | null {
  if (intended_s === undefined || start_s.length === warmup) return null;
  const lateness = start_s.slice(warmup).map((start, i) => start - intended_s[i + warmup]!);
  return Math.max(0, quantile(Float64Array.from(lateness).sort(), 0.99));
}
