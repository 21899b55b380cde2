import type { PowerMode, Watts } from "@partitune/schema";

/** Meters and regulators differ by so much; the flag's definition states it. */
const tolerance = 0.02;

/** Whether a mean power is above what the mode's power cap should have allowed. */
export function isOverCap(powerMeanWatts: Watts | null, { powerCapWatts }: PowerMode): boolean {
  return powerMeanWatts !== null && powerCapWatts !== undefined && powerMeanWatts > powerCapWatts * (1 + tolerance);
}
