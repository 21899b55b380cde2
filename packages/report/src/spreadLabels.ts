/**
 * Moves labels apart so that none overlaps the next, each as little as their order allows.
 *
 * @param positions  wanted positions, px, in any order
 * @param gap  least distance, px
 * @param limits  smallest and largest position allowed; broken only when the labels do not fit between them
 * @returns positions in the order given
 */
export function spreadLabels(positions: readonly number[], gap: number, limits: readonly [number, number]): number[] {
  const order = positions.map((_, i) => i).sort((a, b) => positions[a]! - positions[b]!);
  const placed = [...positions];
  let floor = limits[0];
  for (const i of order) {
    placed[i] = Math.max(placed[i]!, floor);
    floor = placed[i]! + gap;
  }
  let ceiling = limits[1];
  for (const i of order.toReversed()) {
    placed[i] = Math.min(placed[i]!, ceiling);
    ceiling = placed[i]! - gap;
  }
  return placed;
}
