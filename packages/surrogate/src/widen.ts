import type { Estimate } from "@partitune/schema";

/** An interval from a ratio: measured / predicted lies within [1/(1+r), 1+r]. Open on both sides when the ratio is null. */
export function widen(value: number, ratio: number | null): Estimate {
  return ratio === null
    ? { value, low: null, high: null }
    : { value, low: value / (1 + ratio), high: value * (1 + ratio) };
}
