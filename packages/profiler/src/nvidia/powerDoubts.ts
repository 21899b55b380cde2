import type { Fraction, Joules, MeasurementFlag, Seconds, Watts } from "@partitune/schema";
import type { Reading } from "../meters/reading.ts";
import { mostPowerDisagreement, mostPowerFactor, mostWindowError } from "./powerRules.ts";

/** What a window's energy is judged by. */
export interface PowerWindow {
  readonly seconds: Seconds;
  /** Rise of the energy counter over the window; null where it is not known. */
  readonly counterJoules: Joules | null;
  /** Integral of the power readings over the window, of the same scope as the counter; null where there is none. */
  readonly integralJoules: Joules | null;
  /** Time between two updates of the counter, of which one may be lost at each end. */
  readonly updateSeconds: Seconds;
  /** The card's power limit; null where it is not known, or limits less than the counter counts. */
  readonly limitWatts: Watts | null;
  /** False for a window in which nothing runs: counter and integral of an idle card may differ by any factor. */
  readonly load: boolean;
}

/** What is known of a window's energy. */
export interface PowerVerdict {
  /** The counter's energy, or null and why it cannot be true. */
  readonly energy: Reading;
  /** Energy that may be wrong at the ends of the window, as part of it: two updates of the counter. */
  readonly relativeError: Fraction;
  /** Counter / integral; null where one is missing. */
  readonly ratio: number | null;
  readonly flags: readonly Extract<MeasurementFlag, "power-disagrees" | "short-power-window">[];
}

/**
 * The rules by which energy is believed: the window is long enough for the counter (2 %), its mean power lies between 0 and 1.2 × the power limit, and under
 * load the integral of the power readings agrees (5 %).
 */
export function powerDoubts(window: PowerWindow): PowerVerdict {
  const { seconds, integralJoules, updateSeconds, load } = window;
  const energy = plausible(window);
  const relativeError = Math.min(1, (2 * updateSeconds) / seconds);
  const ratio = energy.value === null || !(integralJoules! > 0) ? null : energy.value / integralJoules!;
  const disagrees = load && ratio !== null && Math.abs(ratio - 1) > mostPowerDisagreement;
  const short = window.counterJoules !== null && relativeError > mostWindowError * (1 + 1e-9);
  return {
    energy,
    relativeError,
    ratio,
    flags: [...(disagrees ? (["power-disagrees"] as const) : []), ...(short ? (["short-power-window"] as const) : [])],
  };
}

function plausible({ seconds, counterJoules, limitWatts }: PowerWindow): Reading {
  if (counterJoules === null) return { value: null, reason: "the energy counter could not be read" };
  if (!(counterJoules > 0)) return { value: null, reason: "the energy counter did not rise in the window" };
  const most = limitWatts === null ? Number.POSITIVE_INFINITY : mostPowerFactor * limitWatts;
  if (counterJoules / seconds <= most) return { value: counterJoules };
  return {
    value: null,
    reason: `the energy counter tells ${(counterJoules / seconds).toFixed(0)} W on average, at a limit of ${limitWatts} W`,
  };
}
