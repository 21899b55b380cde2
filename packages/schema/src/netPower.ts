import type { MeasurementResults } from "./measurement.ts";
import type { Joules, Watts } from "./units.ts";

/** Power and energy of a measurement beyond the empty device's. */
export interface NetPower {
  /** Gross mean power − idle power; may be negative where nothing but the meter's error is left. */
  readonly watts: Watts;
  /** Gross energy − idle power × window, per completed request; null where no request was completed. */
  readonly perRequestJoules: Joules | null;
}

/** What a measurement drew beyond the power of the empty device, as its row names it; null where one of the two is not known. */
export function netPower({
  powerMeanWatts,
  energyPerRequestJoules,
  throughputPerSecond,
  device,
}: Pick<
  MeasurementResults,
  "powerMeanWatts" | "energyPerRequestJoules" | "throughputPerSecond" | "device"
>): NetPower | null {
  const idle = device?.idleWatts ?? null;
  if (idle === null || powerMeanWatts === null) return null;
  const perRequestJoules =
    energyPerRequestJoules === null || throughputPerSecond === 0
      ? null
      : energyPerRequestJoules - idle / throughputPerSecond;
  return { watts: powerMeanWatts - idle, perRequestJoules };
}
