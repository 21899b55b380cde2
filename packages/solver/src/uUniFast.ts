import type { Random } from "@partitune/numerics";

/**
 * Shares of tasks that add up to a total, uniform over all such shares.
 *
 * @param count  tasks, ≥ 1
 * @param total  > 0
 * @see E. Bini, G. Buttazzo, Measuring the performance of schedulability tests (2005)
 */
export function uUniFast(count: number, total: number, random: Random): readonly number[] {
  const shares: number[] = [];
  let rest = total;
  for (let left = count - 1; left > 0; left--) {
    const next = rest * random.next() ** (1 / left);
    shares.push(rest - next);
    rest = next;
  }
  return [...shares, rest];
}
