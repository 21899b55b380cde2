import type { Estimate, ModePromise, PlanPromise } from "@partitune/schema";

/** What a plan or a mode plan may promise. */
type PromisedMetric = PlanPromise["metric"] | ModePromise["metric"];

/** An amount with its unit, to three digits: `41.2 ms`, `49.8/s`, `3.2 GiB`, `0.75 of the device`, `24.2 W`. */
export function amountInWords(metric: PromisedMetric, value: number): string {
  switch (metric) {
    case "response_s":
    case "worst_response_s":
      return scaled(value, secondsUnits);
    case "throughput_per_s":
      return `${digits(value)}/s`;
    case "memory_bytes":
      return scaled(value, bytesUnits);
    case "share_fraction":
      return `${digits(value)} of the device`;
    case "peak_power_w":
    case "mean_power_w":
      return `${digits(value)} W`;
  }
}

/** An estimate with its interval: `41.2 ms (40.1 ms to 42.3 ms)`. */
export function estimateInWords(metric: PromisedMetric, { value, low, high }: Estimate): string {
  const end = (side: number | null): string => (side === null ? "unknown" : amountInWords(metric, side));
  return low === high ? amountInWords(metric, value) : `${amountInWords(metric, value)} (${end(low)} to ${end(high)})`;
}

/** What a promise is about: `p99 response`, `mean response`, `throughput`. */
export function metricInWords({ metric, percentile }: PlanPromise): string {
  if (metric !== "response_s")
    return { throughput_per_s: "throughput", memory_bytes: "memory", share_fraction: "share" }[metric];
  return `${percentile === null ? "mean" : `p${Number((100 * percentile).toPrecision(6))}`} response`;
}

/** What was promised: `at most 50 ms`. */
export function targetInWords({ metric, relation, target }: PlanPromise | ModePromise): string {
  return `${relation === "at-most" ? "at most" : "at least"} ${amountInWords(metric, target)}`;
}

type Units = readonly (readonly [size: number, name: string])[];
const secondsUnits: Units = [
  [1, "s"],
  [1e-3, "ms"],
  [1e-6, "µs"],
];
const bytesUnits: Units = [
  [2 ** 30, "GiB"],
  [2 ** 20, "MiB"],
  [2 ** 10, "KiB"],
  [1, "B"],
];

function scaled(value: number, units: Units): string {
  const [size, name] = units.find(([size]) => Math.abs(value) >= size) ?? units[units.length - 1]!;
  return `${digits(value / size)} ${name}`;
}

function digits(value: number): string {
  return String(Number(value.toPrecision(3)));
}
