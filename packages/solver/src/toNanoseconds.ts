import { InputError, type Seconds } from "@partitune/schema";

/** 1,000,000 s: below it a double of seconds is nearer than 0.2 ns to what was written, and sums stay exact whole numbers. */
const longestSeconds = 1e6;

/** A decimal of whole ns, read into a double and multiplied, is this near to the whole number. */
const readingError = 0.25;

/**
 * Seconds in whole ns. What was meant as a whole number of ns becomes that number, although the double beside it is a little off; anything
 * else is rounded to the side that makes an analysis no less safe.
 *
 * @param side  where a fraction of a ns goes: `up` for times that things take, `down` for periods and deadlines
 * @param what  names the time in errors, such as `period of task "a"`
 * @throws InputError when it is negative, not finite or beyond 1,000,000 s
 */
export function toNanoseconds(seconds: Seconds, side: "up" | "down", what: string): number {
  if (!(seconds >= 0 && seconds <= longestSeconds)) {
    throw new InputError({
      what,
      problem: `must be from 0 to ${longestSeconds} s, got ${seconds}`,
      advice: "give it in seconds",
    });
  }
  const exact = seconds * 1e9;
  const nearest = Math.round(exact);
  if (Math.abs(exact - nearest) <= readingErrorOf(exact)) return nearest;
  return side === "up" ? Math.ceil(exact) : Math.floor(exact);
}

/** Two roundings of a double: reading the decimal, and multiplying. */
function readingErrorOf(exact: number): number {
  return Math.min(readingError, exact * 2 ** -51);
}
