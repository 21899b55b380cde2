import type { Seconds, Telemetry } from "@partitune/schema";

/** Stretch of time over which the temperature must hold. */
export const settlingSeconds: Seconds = 10;
/** Change over that time which counts as none: less than 1 °C per 10 s, and one step of a sensor that tells whole degrees. */
const tolerance = 1;

/**
 * Whether a chip's temperature has settled: over the last 10 s, or as long as asked, the last reading is within 1 °C of the first.
 *
 * @param reported  readings on the executor's clock
 * @param now  on the same clock
 * @param span  how far to look back, at most 10 s
 * @returns true as well where no temperature is told; false when readings do not yet go back so far
 */
export function settledTemperature({ time_s, temperature_c }: Telemetry, now: Seconds, span: Seconds): boolean {
  const readings = temperature_c
    .map((value, i) => ({ value, time: time_s[i]! }))
    .filter((each): each is { value: number; time: Seconds } => each.value !== null);
  if (readings.length === 0) return true;
  const before = readings.findLast(({ time }) => time <= now - span);
  return before !== undefined && Math.abs(readings.at(-1)!.value - before.value) <= tolerance;
}
