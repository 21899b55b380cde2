/** Σ aᵢ·bᵢ over the first `length` entries. */
export function dot(a: readonly number[], b: readonly number[], length = a.length): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[i] * b[i];
  return sum;
}
