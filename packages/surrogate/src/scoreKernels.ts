import type { KernelStep } from "@partitune/schema";
import type { KernelPrediction } from "./predictKernels.ts";

/** How well a step was predicted. Times in ns. */
export interface KernelScores {
  /** Σ|predicted − true| / Σ true execution time of operations that are known; null when these take no time. */
  readonly executionError: number | null;
  /** The same of idle times, all operations but the last; null without idle time. */
  readonly idleError: number | null;
  /** Predicted idle time that was not there: what delays the urgent task if it is filled. */
  readonly overPredicted: number;
  /** The same after operations after which nothing was launched: what a scheduler that sees launches can get wrong. */
  readonly overPredictedEmpty: number;
  /** Idle time found in such gaps that were predicted to be long. */
  readonly captured: number;
  /** Such gaps predicted to be long. */
  readonly longGaps: number;
  /** Of these: more than 10 % shorter than predicted. */
  readonly shortGaps: number;
}

/**
 * A prediction beside what happened, once, in a step that it does not rest on.
 *
 * @param longGap  gaps predicted to be at least so long count as long, ns; by default 100 µs
 */
export function scoreKernels(
  { executions, idles }: KernelPrediction,
  step: KernelStep,
  { longGap = 100_000 }: { readonly longGap?: number } = {},
): KernelScores {
  const rows = step.identities.map((_, row) => row);
  const known = rows.filter((row) => executions[row] !== Number.POSITIVE_INFINITY);
  const inner = rows.slice(0, -1);
  const empty = inner.filter((row) => step.idleKinds[row] === 1);
  const long = empty.filter((row) => idles[row]! >= longGap);
  const over = (row: number) => Math.max(0, idles[row]! - step.idles[row]!);
  return {
    executionError: relativeError(known, executions, step.durations),
    idleError: relativeError(inner, idles, step.idles),
    overPredicted: sumOf(inner, over),
    overPredictedEmpty: sumOf(empty, over),
    captured: sumOf(long, (row) => Math.min(idles[row]!, step.idles[row]!)),
    longGaps: long.length,
    shortGaps: long.filter((row) => step.idles[row]! < 0.9 * idles[row]!).length,
  };
}

function relativeError(
  rows: readonly number[],
  predicted: readonly number[],
  happened: readonly number[],
): number | null {
  const total = sumOf(rows, (row) => happened[row]!);
  return total === 0 ? null : sumOf(rows, (row) => Math.abs(predicted[row]! - happened[row]!)) / total;
}

function sumOf(rows: readonly number[], of: (row: number) => number): number {
  return rows.reduce((total, row) => total + of(row), 0);
}
