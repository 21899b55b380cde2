import { describeFound } from "./describeFound.ts";
import { InputError } from "./inputError.ts";

/** Why a device lowered its clocks → share of the time. */
export type ClockReasons = Readonly<Record<string, number>>;

const none = "none";

/** @example formatClockReasons({ "power-cap": 0.8, idle: 0.05 })  // "power-cap=0.8 idle=0.05" */
export function formatClockReasons(reasons: ClockReasons): string {
  const parts = Object.entries(reasons).map(([reason, share]) => `${reason}=${share}`);
  return parts.length === 0 ? none : parts.join(" ");
}

/**
 * The reverse of {@link formatClockReasons}; null of an empty text.
 *
 * @throws InputError when it is of another form
 */
export function parseClockReasons(text: string): ClockReasons | null {
  if (text === "") return null;
  if (text === none) return {};
  return Object.fromEntries(text.split(" ").map(parseReason));
}

function parseReason(text: string): readonly [string, number] {
  const parts = /^(?<reason>[a-z][a-z-]*)=(?<share>[\d.e-]+)$/.exec(text)?.groups;
  const share = Number(parts?.share);
  if (parts?.reason !== undefined && share >= 0 && share <= 1) return [parts.reason, share];
  throw new InputError({
    what: 'column "clock_reasons"',
    problem: `is ${describeFound(text)}, expected reasons with shares from 0 to 1, such as "power-cap=0.8 idle=0.05"`,
    advice: 'correct it, write "none", or leave it empty',
  });
}
