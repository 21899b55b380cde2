import { seededRandom } from "@partitune/numerics";
import { InputError } from "@partitune/schema";

/** Waiting of the urgent task's host, put between its operators on purpose: for data, for other devices. */
export interface ThinkGaps {
  /** Operators after which it waits: every n-th, at least 1. */
  readonly every: number;
  /** Mean length of a wait, ns. */
  readonly mean: number;
  /** Lengths are uniform on mean × (1 ± spread); 0 to 1. */
  readonly spread: number;
}

/**
 * The waits of one step. The same seed and step always give the same, so that steps under different policies can be compared.
 *
 * @returns ns after each operator; 0: the next one follows at once; none follows the last
 * @throws InputError when a setting is out of its range
 */
export function thinkGaps(
  { every, mean, spread }: ThinkGaps,
  rows: number,
  seed: string,
  step: number,
): readonly number[] {
  check("operators between waits", every, Number.isSafeInteger(every) && every >= 1, "a whole number of at least 1");
  check("length of a wait", mean, Number.isFinite(mean) && mean >= 0, "at least 0 ns");
  check("spread of waits", spread, spread >= 0 && spread <= 1, "a number from 0 to 1");
  const random = seededRandom(seed).fork(`step ${step}`);
  return Array.from({ length: rows }, (_, row) =>
    row === rows - 1 || (row + 1) % every !== 0 ? 0 : Math.round(mean * (1 + spread * (2 * random.next() - 1))),
  );
}

function check(what: string, value: number, fits: boolean, expected: string): void {
  if (!fits) throw new InputError({ what, problem: `is ${value}`, advice: `give ${expected}` });
}
