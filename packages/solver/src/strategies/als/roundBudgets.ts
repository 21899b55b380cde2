import type { Watts } from "@partitune/schema";

/** Fewer would leave gaps that a budget falls into. */
const fewest = 20;
const roundest = [5, 1] as const;

/**
 * Round budgets that stand for all: multiples of 1 or 5 times a power of ten, the roundest of which there are at least 20 in a range.
 *
 * @param low  least power, above 0
 * @param high  largest power; equal to `low` where there is one
 * @returns rising, the first above `low`, the last at or above `high`
 * @example roundBudgets(8, 48)  // 9, 10, …, 48
 */
export function roundBudgets(low: Watts, high: Watts): readonly Watts[] {
  const range = Math.max(high - low, low / fewest);
  const decade = 10 ** Math.floor(Math.log10(range / fewest));
  const step = decade * roundest.find((factor) => range / (decade * factor) >= fewest)!;
  const first = Math.floor(low / step) + 1;
  const count = Math.max(1, Math.ceil(high / step) - first + 1);
  return Array.from({ length: count }, (_, k) => (first + k) * step);
}
