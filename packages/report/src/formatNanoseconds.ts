import { formatSeconds } from "./formatQuantity.ts";

/** Whole nanoseconds, or a mean of them, in the unit that reads best; zero without a unit. */
export function formatNanoseconds(ns: number): string {
  return ns === 0 ? "0" : formatSeconds(ns * 1e-9);
}
