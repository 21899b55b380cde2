import type { Seconds } from "@partitune/schema";

/** A reading and the time at which it was seen first. */
export interface DistinctReading {
  readonly time: Seconds;
  readonly value: number;
}

/**
 * What a sensor told, without the repetitions that come from asking more often than it is renewed: of each run of equal readings the first. Nulls
 * are no readings; the same value after one counts as seen again.
 *
 * @param times  when it was asked, s, rising
 * @param values  what it said, as many
 */
export function distinctReadings(
  times: readonly Seconds[],
  values: readonly (number | null)[],
): readonly DistinctReading[] {
  return times.flatMap((time, i) => {
    const value = values[i] ?? null;
    return value === null || (i > 0 && values[i - 1] === value) ? [] : [{ time, value }];
  });
}
