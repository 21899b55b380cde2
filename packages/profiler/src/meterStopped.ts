import type { Seconds } from "@partitune/schema";
import type { Usage } from "./executor.ts";

/** Pause after a measuring window in which an energy counter must go on. Meters renew it in 1 to 100 ms, and no device draws nothing. */
export const meterPause: Seconds = 0.25;

/** Readings at both ends of a measuring window, and after the pause that follows; null where none was taken. */
export interface MeterReadings {
  readonly before: Usage;
  readonly after: Usage;
  readonly later: Usage | null;
}

/**
 * Whether the power meter stopped before the end of a measuring window: its window then holds less energy than was used, however much it
 * holds.
 *
 * @returns how that was seen, in words; undefined when it runs, or there is none
 */
export function meterStopped({ before, after, later }: MeterReadings): string | undefined {
  if (before.energyJoules === null || after.energyJoules === null) return undefined;
  if (after.energyJoules <= before.energyJoules) return "the power meter stood still while measuring";
  if (later === null) return undefined;
  if (later.energyJoules === null) return "the power meter could not be read any more after measuring";
  return later.energyJoules <= after.energyJoules ? "the power meter stopped while measuring" : undefined;
}
