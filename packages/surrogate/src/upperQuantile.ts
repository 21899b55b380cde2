/**
 * A bound that a new value keeps with a probability, from values exchangeable with it: the ⌈(n + 1)·q⌉-th smallest of n.
 *
 * @returns null when n values are too few for q
 * @see conformalRatio
 */
export function upperQuantile(values: readonly number[], q: number): number | null {
  const rank = Math.ceil((values.length + 1) * q - 1e-9);
  return rank > values.length || rank < 1 ? null : values.toSorted((a, b) => a - b)[rank - 1];
}
