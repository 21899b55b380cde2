/**
 * Numbers with units for messages, three digits.
 *
 * @example formatSeconds(0.0731)  // "73.1 ms"
 */
export function formatSeconds(seconds: number): string {
  if (seconds >= 1) return `${digits(seconds)} s`;
  return seconds >= 1e-3 ? `${digits(seconds * 1e3)} ms` : `${digits(seconds * 1e6)} µs`;
}

/** @example formatRate(15.234)  // "15.2 requests/s" */
export function formatRate(perSecond: number): string {
  return `${digits(perSecond)} requests/s`;
}

/** @example formatBytes(1.2e9)  // "1.20 GB" */
export function formatBytes(bytes: number): string {
  if (bytes >= 1e9) return `${digits(bytes / 1e9)} GB`;
  return bytes >= 1e6 ? `${digits(bytes / 1e6)} MB` : `${digits(bytes / 1e3)} kB`;
}

/** @example formatPercent(0.456)  // "45.6 %" */
export function formatPercent(fraction: number): string {
  return `${digits(fraction * 100)} %`;
}

function digits(value: number): string {
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** An amount of a budget, in its own unit. */
export function formatBudget(budget: string, amount: number): string {
  if (budget === "memory") return formatBytes(amount);
  return budget === "share" ? formatPercent(amount) : digits(amount);
}
