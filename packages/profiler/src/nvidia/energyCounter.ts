import type { Joules, Seconds, Watts } from "@partitune/schema";
import type { Reading } from "../meters/reading.ts";
import { mostPowerFactor } from "./powerRules.ts";

/** Updates in a row that do not go on from the last good one, after which the counter is another than before. */
const updatesToBreak = 3;

/** A counter of energy that is watched: what cannot be true of it is null with a reason. */
export interface EnergyCounter {
  /** Takes the next reading; null where there was none. */
  push(time: Seconds, joules: Joules | null, reason?: string): Reading;
}

/**
 * Watches a counter of energy that only rises. A reading below an earlier one, or above what the card can have used since, is null with a reason:
 * counters do return impossible values. Where they go on from there, the counter has begun again (the driver was loaded anew) and no two readings
 * of before and after can be compared: everything from then on is null.
 *
 * @param limitWatts  the card's highest power limit; null where it is not known or does not count all that the counter does
 */
export function watchEnergyCounter(limitWatts: Watts | null): EnergyCounter {
  let good: { readonly time: Seconds; readonly joules: Joules } | undefined;
  let strange: readonly Joules[] = [];
  return {
    push(time, joules, reason = "the energy counter could not be read") {
      if (joules === null) return { value: null, reason };
      if (strange.length >= updatesToBreak) return { value: null, reason: broken };
      const problem = good === undefined ? undefined : problemOf(good, { time, joules }, limitWatts);
      if (problem === undefined) {
        [good, strange] = [{ time, joules }, []];
        return { value: joules };
      }
      const last = strange.at(-1);
      if (last === undefined || joules > last) strange = [...strange, joules];
      else if (joules < last) strange = [joules];
      return { value: null, reason: strange.length >= updatesToBreak ? broken : problem };
    },
  };
}

const broken = "the energy counter has begun again: its readings cannot be compared with those before";

function problemOf(
  before: { readonly time: Seconds; readonly joules: Joules },
  now: { readonly time: Seconds; readonly joules: Joules },
  limitWatts: Watts | null,
): string | undefined {
  const rise = now.joules - before.joules;
  if (rise < 0) return `the energy counter fell from ${before.joules} J to ${now.joules} J`;
  if (limitWatts === null) return undefined;
  // A second for the counter's own period, in which it may tell more than belongs to the time that passed.
  const most = mostPowerFactor * limitWatts * (now.time - before.time + 1);
  return rise > most ? `the energy counter rose by ${rise} J, more than the card can have used since` : undefined;
}
