import type { Seconds } from "@partitune/schema";
import { monotonicSeconds } from "./monotonicSeconds.ts";

/** What can be told apart by a clock, and what reading it costs. */
export interface ClockCalibration {
  /** Smallest step that was seen between two different readings. */
  readonly step: Seconds;
  /** Time that one reading takes. */
  readonly readingCost: Seconds;
}

const readings = 2000;

/**
 * Measures a clock by reading it over and over.
 *
 * @param now  the clock; the machine's monotonic one by default
 * @returns infinite step when the clock never moved
 */
export function calibrateClock(now: () => Seconds = monotonicSeconds): ClockCalibration {
  const times = Float64Array.from({ length: readings }, () => now());
  let step = Number.POSITIVE_INFINITY;
  for (let i = 1; i < readings; i++) {
    const gap = times[i]! - times[i - 1]!;
    if (gap > 0 && gap < step) step = gap;
  }
  return { step, readingCost: (times[readings - 1]! - times[0]!) / (readings - 1) };
}
