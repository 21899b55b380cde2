import { quantile } from "@partitune/numerics";
import type { Seconds } from "@partitune/schema";
import { distinctReadings } from "./distinctReadings.ts";

/** Fewer changes say nothing. */
const leastChanges = 8;

/** How often a sensor is renewed. */
export interface UpdatePeriod {
  readonly seconds: Seconds;
  /** False when the readings changed about as often as they were taken: the sensor may be renewed more often still. */
  readonly resolved: boolean;
}

/**
 * The period at which a sensor is renewed, from its readings: the mean of the times between two changes, of those about as long as their median. Longer
 * ones are updates that brought the same value.
 *
 * @param times  when it was read, s, rising
 * @param values  what it said; null where it could not be read
 * @returns null when it changed too seldom to tell
 */
export function findUpdatePeriod(times: readonly Seconds[], values: readonly (number | null)[]): UpdatePeriod | null {
  const changes = distinctReadings(times, values).map(({ time }) => time);
  if (changes.length <= leastChanges) return null;
  const usual = median(gapsOf(changes));
  const near = gapsOf(changes).filter((gap) => gap > 0.5 * usual && gap < 1.5 * usual);
  const seconds = near.reduce((sum, gap) => sum + gap, 0) / near.length;
  return { seconds, resolved: seconds > 1.5 * median(gapsOf(times)) };
}

function gapsOf(times: readonly Seconds[]): readonly Seconds[] {
  return times.slice(1).map((time, i) => time - times[i]!);
}

function median(values: readonly number[]): number {
  return quantile(Float64Array.from(values).sort(), 0.5);
}
