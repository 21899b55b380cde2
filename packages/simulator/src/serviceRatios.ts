import type { Random } from "@partitune/numerics";

/**
 * Draws how long a batch takes relative to its median, by the inverse of the distribution function: linear between the given quantiles
 * and flat beyond the outermost, so nothing is drawn that was not seen.
 *
 * @param ratios  quantiles at (i + 0.5)/n, ascending, n ≥ 1
 * @returns a function that draws one ratio; with a single quantile it is that one, and no random number is used
 */
export function serviceRatios(ratios: Float64Array, random: Random): () => number {
  const last = ratios.length - 1;
  if (last === 0) return () => ratios[0]!;
  return () => {
    const position = random.next() * (last + 1) - 0.5;
    if (position <= 0) return ratios[0]!;
    if (position >= last) return ratios[last]!;
    const below = Math.floor(position);
    const low = ratios[below]!;
    return low + (position - below) * (ratios[below + 1]! - low);
  };
}
