import type { Arrivals, PerSecond } from "@partitune/schema";
import { cycleSeconds } from "./arrivalTimes.ts";

/** Requests per second that a stream brings in the long run; for a recording that ends, over its own length. */
export function meanRate(arrivals: Arrivals): PerSecond {
  if (arrivals.kind !== "recorded") return arrivals.ratePerSecond;
  const { times, repeat } = arrivals;
  return repeat
    ? times.length / cycleSeconds(times)
    : times.length / Math.max(times[times.length - 1]!, Number.MIN_VALUE);
}
