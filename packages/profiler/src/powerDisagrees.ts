import type { MeasurementResults } from "@partitune/schema";

/** Relative difference of two power readings under load that is worth a word. */
const tolerance = 0.05;

/** Whether the energy counter and the integral of the power readings, where a device has both, differ by more than 5 %. */
export function powerDisagrees({
  powerMeanWatts,
  device,
}: Pick<MeasurementResults, "powerMeanWatts" | "device">): boolean {
  const integral = device?.powerWatts?.mean;
  if (device?.powerSource !== "counter" || powerMeanWatts === null || integral === undefined) return false;
  return Math.abs(powerMeanWatts - integral) > tolerance * Math.max(powerMeanWatts, integral);
}
