/**
 * Bins for items: the largest first, each into the bin with the least in it, the first of equals.
 *
 * @param sizes  ≥ 0
 * @param bins  ≥ 1
 * @returns the bin of each item, in the order of the sizes
 */
export function worstFitDecreasing(sizes: readonly number[], bins: number): readonly number[] {
  const filled = new Array<number>(bins).fill(0);
  const places = new Array<number>(sizes.length).fill(0);
  const largestFirst = [...sizes.keys()].sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  for (const item of largestFirst) {
    const bin = filled.indexOf(Math.min(...filled));
    places[item] = bin;
    filled[bin]! += sizes[item]!;
  }
  return places;
}
