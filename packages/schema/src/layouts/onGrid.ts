/** Sums and products of decimal fractions miss the exact value by this much at most. */
const tolerance = 1e-6;

/** True when a value is a whole number of steps. */
export function isOnGrid(value: number, step: number): boolean {
  const steps = value / step;
  return Math.abs(steps - Math.round(steps)) < tolerance;
}

/** True when a sum exceeds a total by more than rounding. */
export function exceeds(sum: number, total: number): boolean {
  return sum > total + tolerance * Math.max(1, total);
}

/** A fraction as a percentage, with as many digits as it needs. */
export function percent(fraction: number): string {
  return `${Number((fraction * 100).toPrecision(6))} %`;
}
