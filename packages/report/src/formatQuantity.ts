import { type Estimate, type Metric, metricDefinitions } from "@partitune/schema";

/** A unit to show numbers in: what SI numbers are multiplied by, and its name. */
export interface DisplayUnit {
  readonly factor: number;
  readonly name: string;
}

/** A number with three significant digits and no exponent. */
export function significant(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return String(Number(value.toFixed(Math.min(digits, 12))));
}

/**
 * The unit in which values of up to `largest` read best.
 *
 * @param unit  SI unit as it ends a metric's name: `s`, `per_s`, `bytes`, `w`, `j`, `hz`, `c`, `fraction`
 */
export function displayUnit(unit: string, largest: number): DisplayUnit {
  const steps = ladders[unit];
  if (steps === undefined) return { factor: 1, name: unit };
  const fitting = largest > 0 ? steps.find((step) => largest < step.below) : undefined;
  return (fitting ?? steps.at(-1)!).unit;
}

const ladders: Readonly<Record<string, readonly { below: number; unit: DisplayUnit }[]>> = {
  s: [
    { below: 1e-3, unit: { factor: 1e6, name: "µs" } },
    { below: 10, unit: { factor: 1e3, name: "ms" } },
    { below: Number.POSITIVE_INFINITY, unit: { factor: 1, name: "s" } },
  ],
  bytes: [
    { below: 2 ** 30, unit: { factor: 2 ** -20, name: "MiB" } },
    { below: Number.POSITIVE_INFINITY, unit: { factor: 2 ** -30, name: "GiB" } },
  ],
  j: [
    { below: 1, unit: { factor: 1e3, name: "mJ" } },
    { below: Number.POSITIVE_INFINITY, unit: { factor: 1, name: "J" } },
  ],
  w: [{ below: Number.POSITIVE_INFINITY, unit: { factor: 1, name: "W" } }],
  hz: [
    { below: 1e9, unit: { factor: 1e-6, name: "MHz" } },
    { below: Number.POSITIVE_INFINITY, unit: { factor: 1e-9, name: "GHz" } },
  ],
  c: [{ below: Number.POSITIVE_INFINITY, unit: { factor: 1, name: "°C" } }],
  per_s: [{ below: Number.POSITIVE_INFINITY, unit: { factor: 1, name: "/s" } }],
  fraction: [{ below: Number.POSITIVE_INFINITY, unit: { factor: 100, name: "%" } }],
};

/** A value with its unit, e.g. `12.3 ms`. */
export function formatQuantity(value: number, unit: string): string {
  const { factor, name } = displayUnit(unit, Math.abs(value));
  return name === "" ? significant(value) : `${significant(value * factor)} ${name}`;
}

/** An estimate with its interval in one unit, e.g. `12.3 ms [11.9, 12.8]`; an open side is `?`. */
export function formatEstimate(estimate: Estimate | null, unit: string): string {
  if (estimate === null) return "–";
  const { value, low, high } = estimate;
  const { factor, name } = displayUnit(unit, Math.abs(value));
  if (low === value && high === value) return formatQuantity(value, unit);
  const side = (bound: number | null) => (bound === null ? "?" : significant(bound * factor));
  const interval = low === null && high === null ? "" : ` [${side(low)}, ${side(high)}]`;
  return `${significant(value * factor)} ${name}${interval}`;
}

/** Seconds in the unit that reads best, e.g. `12.3 ms`. */
export function formatSeconds(seconds: number): string {
  return formatQuantity(seconds, "s");
}

/** A fraction as a percentage, e.g. `62.5 %`. */
export function formatPercent(fraction: number): string {
  return formatQuantity(fraction, "fraction");
}

/** A percentile as the field writes it, e.g. `p99` or `p99.9`. */
export function formatPercentile(fraction: number): string {
  return `p${Number((fraction * 100).toFixed(6))}`;
}

/** The unit that ends a name, e.g. `s` for `response_s` and `per_s` for `throughput_per_s`. */
export function unitOf(name: string): string {
  const known = ["per_s", "fraction", "bytes", "hz", "s", "w", "j", "c"];
  return known.find((unit) => name.endsWith(`_${unit}`)) ?? "";
}

/** `share_fraction` as `share`: the unit stands beside. */
export function inWords(name: string): string {
  const unit = unitOf(name);
  return (unit === "" ? name : name.slice(0, -unit.length - 1)).replaceAll("_", " ");
}

/** A probability as a percentage; no measurement makes one certain: `> 99.9 %`. */
export function formatProbability(probability: number): string {
  return probability > 0.9995 ? "> 99.9 %" : formatPercent(probability);
}

/** A metric's name and unit for an axis, with the direction that is better, e.g. `median batch latency (ms, lower is better)`. */
export function axisLabel(metric: Metric, unit: DisplayUnit): string {
  const { label, better } = metricDefinitions[metric];
  return `${label} (${unit.name}, ${better} is better)`;
}
