/**
 * At most `most` of the items, evenly taken: every k-th from the first.
 *
 * @returns the items, and k, which is 1 when all of them are there
 */
export function thin<T>(items: readonly T[], most: number): { readonly kept: readonly T[]; readonly step: number } {
  const step = Math.max(1, Math.ceil(items.length / most));
  return { step, kept: step === 1 ? items : items.filter((_, i) => i % step === 0) };
}
