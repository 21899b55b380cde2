/** Arithmetic mean of at least one number. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Geometric mean of at least one positive number. */
export function geometricMean(values: readonly number[]): number {
  return values.length === 1 ? values[0] : Math.exp(mean(values.map(Math.log)));
}
