import type { Seconds } from "@partitune/schema";
import { mostWindowError } from "./nvidia/powerRules.ts";

/** One update of the counter may be lost at each end of a window. */
const updatesLost = 2;

/**
 * The least window in which an energy counter is exact to 2 %: one update may be lost at each end. For a counter that is updated every 100 ms, 10 s.
 *
 * @param updateSeconds  time between two updates of the counter; 0 where it is negligible
 */
export function leastPowerWindow(updateSeconds: Seconds = 0): Seconds {
  return (updatesLost * updateSeconds) / mostWindowError;
}
