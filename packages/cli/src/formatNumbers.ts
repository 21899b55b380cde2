import type { Estimate } from "@partitune/schema";

/** Seconds as milliseconds with three significant digits, or as seconds from ten seconds on. */
export function formatSeconds(seconds: number): string {
  return seconds >= 10 ? `${significant(seconds)} s` : `${significant(seconds * 1000)} ms`;
}

/** An estimate with its interval: `12.3 ms [11.9, 12.8]`; an open side is `?`. */
export function formatSecondsEstimate(value: Estimate | null): string {
  if (value === null) return "–";
  const side = (bound: number | null) => (bound === null ? "?" : significant(bound * 1000));
  return `${significant(value.value * 1000)} ms [${side(value.low)}, ${side(value.high)}]`;
}

/** A number with three significant digits and no exponent. */
export function significant(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 9));
}

export function formatPercent(fraction: number): string {
  return `${significant(fraction * 100)} %`;
}
