import { formatSeconds } from "./formatNumbers.ts";

/** Whole nanoseconds, or a mean of them, in the unit that reads best; zero without digits. */
export function formatNanoseconds(ns: number): string {
  return ns === 0 ? "0" : formatSeconds(ns * 1e-9);
}

/** The same of a number that may be missing. */
export function formatNanosecondsOrNone(ns: number | null): string {
  return ns === null ? "–" : formatNanoseconds(ns);
}
