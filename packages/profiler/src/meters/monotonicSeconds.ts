import type { Seconds } from "@partitune/schema";

/**
 * Seconds on the machine's monotonic clock, from an arbitrary start. On Linux this is CLOCK_MONOTONIC, the same for every
 * process, so that readings of host and worker can be compared.
 */
export function monotonicSeconds(): Seconds {
  return Number(process.hrtime.bigint()) / 1e9;
}
