/**
 * Longest time that a kernel has to wait for one of lower priority: that one began at least 1 ns before, as time is counted in whole ns.
 *
 * @param longestBelow  longest kernel of each task of lower priority, ns
 */
export function blockingOf(longestBelow: readonly number[]): number {
  return longestBelow.reduce((most, longest) => Math.max(most, longest - 1), 0);
}
