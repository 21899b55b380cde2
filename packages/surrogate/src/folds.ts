import type { Random } from "@partitune/numerics";

/** One part of a sample held out, the rest to fit: indices of rows. */
export interface Fold {
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/**
 * Splits n rows into folds of nearly equal size in random order; each row is held out once.
 *
 * @param most  largest number of folds; with n or more every row is a fold of its own
 */
export function folds(n: number, most: number, random: Random): Fold[] {
  const all = Array.from({ length: n }, (_, i) => i);
  const order = most >= n ? all : random.shuffle(all);
  const parts = Array.from({ length: Math.min(n, most) }, (_, part) =>
    order.filter((_, place) => place % most === part),
  );
  return parts.map((test) => ({ test, train: all.filter((i) => !test.includes(i)) }));
}
