import type { Estimate } from "@partitune/schema";

/** A number with three significant digits and no exponent. */
export function significant(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const rounded = Number(value.toPrecision(3));
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded))));
  return rounded.toFixed(Math.min(digits, 100));
}

/** What an SI number is multiplied by to be shown, and what then follows it. */
interface Shown {
  readonly factor: number;
  readonly suffix: string;
}

/** Unit as it ends a metric's name → the ways to show it: the first for rounded values below its limit. */
const ladders: Readonly<Record<string, readonly (Shown & { readonly below: number })[]>> = {
  s: [
    { below: 1e-3, factor: 1e6, suffix: " µs" },
    { below: 10, factor: 1e3, suffix: " ms" },
    { below: Number.POSITIVE_INFINITY, factor: 1, suffix: " s" },
  ],
  bytes: [
    { below: 2 ** 30, factor: 2 ** -20, suffix: " MiB" },
    { below: Number.POSITIVE_INFINITY, factor: 2 ** -30, suffix: " GiB" },
  ],
  j: [{ below: Number.POSITIVE_INFINITY, factor: 1, suffix: " J" }],
  w: [{ below: Number.POSITIVE_INFINITY, factor: 1, suffix: " W" }],
  hz: [
    { below: 1e9, factor: 1e-6, suffix: " MHz" },
    { below: Number.POSITIVE_INFINITY, factor: 1e-9, suffix: " GHz" },
  ],
  c: [{ below: Number.POSITIVE_INFINITY, factor: 1, suffix: " °C" }],
  per_s: [{ below: Number.POSITIVE_INFINITY, factor: 1, suffix: "/s" }],
  fraction: [{ below: Number.POSITIVE_INFINITY, factor: 100, suffix: " %" }],
};
const bare: Shown = { factor: 1, suffix: "" };

function shownAs(value: number, unit: string): Shown {
  const rounded = Math.abs(Number(value.toPrecision(3)));
  const steps = Object.hasOwn(ladders, unit) ? ladders[unit]! : [];
  if (rounded === 0) return steps.at(-1) ?? bare;
  return steps.find((step) => rounded < step.below) ?? bare;
}

/** The unit that ends a metric's name, e.g. `s` for `response_s`; empty for a bare number. */
export function unitOf(metric: string): string {
  const longestFirst = Object.keys(ladders).sort((a, b) => b.length - a.length);
  return longestFirst.find((unit) => metric.endsWith(`_${unit}`)) ?? "";
}

/**
 * A number in the unit that reads best: `41.2 µs`, `20.0/s`, `23.5 GiB`.
 *
 * @param unit  SI unit as it ends a metric's name, see {@link unitOf}
 */
export function formatQuantity(value: number, unit: string): string {
  const { factor, suffix } = shownAs(value, unit);
  return `${significant(value * factor)}${suffix}`;
}

/** An estimate with its interval in one unit: `12.3 ms [11.9, 12.8]`; an open side is `?`; a value that is exact, or has no interval, stands alone. */
export function formatEstimate(estimate: Estimate | null, unit: string): string {
  if (estimate === null) return "–";
  const { value, low, high } = estimate;
  const { factor } = shownAs(value, unit);
  const side = (bound: number | null) => (bound === null ? "?" : significant(bound * factor));
  const isBare = (low === value && high === value) || (low === null && high === null);
  const interval = isBare ? "" : ` [${side(low)}, ${side(high)}]`;
  return `${formatQuantity(value, unit)}${interval}`;
}

/** Seconds in the unit that reads best. */
export function formatSeconds(seconds: number): string {
  return formatQuantity(seconds, "s");
}

/** A fraction as a percentage; what only rounding left of zero is not written out. */
export function formatPercent(fraction: number): string {
  return fraction > 0 && fraction < leastFraction
    ? `< ${formatPercent(leastFraction)}`
    : formatQuantity(fraction, "fraction");
}

const leastFraction = 1e-5;

/** A probability as a percentage; no measurement makes one certain: `> 99.9 %`. */
export function formatProbability(probability: number): string {
  return probability > 0.9995 ? "> 99.9 %" : formatPercent(probability);
}

/** A chosen fraction, such as a confidence, as a percentage without needless digits: `90 %`. */
export function formatChosenPercent(fraction: number): string {
  return `${Number((fraction * 100).toFixed(6))} %`;
}

/** A percentile as the field writes it: `p99`, `p99.9`. */
export function formatPercentile(fraction: number): string {
  return `p${Number((fraction * 100).toFixed(6))}`;
}
