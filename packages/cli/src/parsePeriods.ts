import { InputError, type PerSecond, type Seconds } from "@partitune/schema";

const form = /^\s*(?<length>\d*\.?\d+)\s*(?<unit>s|min|h)\s+(?<rate>\d*\.?\d+)\s*\/s\s*$/u;
const seconds: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600 };

/** A stretch of time in which requests come at one rate. */
export interface Period {
  readonly seconds: Seconds;
  readonly ratePerSecond: PerSecond;
}

/**
 * Periods of changing rates, as they are written on the command line.
 *
 * @example parsePeriods("--periods", "8h 10/s, 2h 60/s")
 * @throws InputError when one cannot be read
 */
export function parsePeriods(option: string, text: string): readonly Period[] {
  return text.split(",").map((part) => {
    const { length, unit = "s", rate } = form.exec(part)?.groups ?? {};
    if (length !== undefined && Number(length) > 0) {
      return { seconds: Number(length) * seconds[unit]!, ratePerSecond: Number(rate) };
    }
    throw new InputError({
      what: `option ${option} "${part.trim()}"`,
      problem: "is no length with a rate",
      advice: `write for example ${option} "8h 10/s, 30min 60/s"`,
    });
  });
}
