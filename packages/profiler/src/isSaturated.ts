import type { Samples, Seconds } from "@partitune/schema";
import { measuredLatency } from "./measuredLatency.ts";

const quarters = 4;
/** The window must show its growth. */
const leastBatches = 5 * quarters;
/** Backlogs that grow by less than this part of what arrived meanwhile may be emptied by any lull. */
const leastGrowth = 0.01;
/** What arrives in a time scatters by the square root of its number; growth by up to twice that is taken for chance. */
const chance = 2;
/** Beyond this part of the last batches, those that were given up hide how long they would have waited. */
const givenUpLimit = 0.5;

/**
 * Whether the backlog of an open load was still growing at the end.
 *
 * By Little's law, what waits is the rate of arrivals times the latency, so growing latency is growing backlog. The mean latencies
 * of the window's four quarters must rise from each to the next, and the rise from the first to the last must stand for more batches than
 * 1 % of those that arrived meanwhile, and for more than twice the square root of their number, which chance can bring. An answer may also be that most batches
 * of the last quarter were given up.
 *
 * @returns false under a closed load, whose backlog is fixed, and where there are too few batches to tell
 */
export function isSaturated(samples: Samples): boolean {
  const { intended_s: intended, warmup, outcome = [] } = samples;
  const { seconds } = measuredLatency(samples);
  if (intended === undefined || seconds.length < leastBatches) return false;
  const lastQuarter = outcome.slice(-Math.floor(seconds.length / quarters));
  if (lastQuarter.filter((each) => each === "timed-out").length > givenUpLimit * lastQuarter.length) return true;
  const means = quartersOf(seconds).map(mean);
  const arrivals = ((intended.length - warmup) * (quarters - 1)) / quarters;
  const rate = (intended.length - warmup) / spanOf(intended.slice(warmup));
  const growth = (means.at(-1)! - means[0]!) * rate;
  const rises = means.every((value, i) => i === 0 || value > means[i - 1]!);
  return rises && growth > Math.max(leastGrowth * arrivals, chance * Math.sqrt(arrivals));
}

function quartersOf(values: readonly Seconds[]): readonly (readonly Seconds[])[] {
  const length = Math.floor(values.length / quarters);
  const tail = values.slice(-length * quarters);
  return Array.from({ length: quarters }, (_, i) => tail.slice(i * length, (i + 1) * length));
}

/** In a loop: there may be more than a call takes arguments. */
function spanOf(times: readonly Seconds[]): Seconds {
  let [first, last] = [times[0]!, times[0]!];
  for (const time of times) {
    first = Math.min(first, time);
    last = Math.max(last, time);
  }
  return last - first;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
