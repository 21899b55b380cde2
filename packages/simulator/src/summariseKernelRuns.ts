import type { KernelOutcome, KernelSharing } from "@partitune/schema";
import type { KernelRun } from "./kernelGame.ts";

/**
 * Numbers of one way of sharing, means over games.
 *
 * @param standard  the same games under the default way
 */
export function outcomeOf(
  runs: readonly KernelRun[],
  standard: readonly KernelRun[],
  scenario: KernelSharing["scenario"],
): Omit<KernelOutcome, "policy" | "title"> {
  const mean = (of: (run: KernelRun) => number, over = runs) =>
    over.reduce((sum, run) => sum + of(run), 0) / over.length;
  const highCompletion = mean(({ completion }) => completion);
  const alone = mean((run) => run.alone);
  const idle = mean((run) => run.idle);
  const lowWork = mean((run) => run.lowWork);
  const lowCompletion = lastOf(runs);
  return {
    highCompletion,
    lowWork,
    lowCompletion,
    lowCompletions: completionsOf(runs),
    speedUp: mean(({ completion }) => completion, standard) / highCompletion,
    slowDown: highCompletion / alone,
    lowRatio:
      scenario === "co-run"
        ? ratio(
            lowWork,
            mean((run) => run.lowWork, standard),
          )
        : ratio(lastOf(standard), lowCompletion),
    delay: highCompletion - alone,
    lateGaps: mean((run) => run.lateGaps),
    latest: runs.reduce((longest, run) => Math.max(longest, run.latest), 0),
    dispatch: mean((run) => run.dispatch),
    gapsFilled: ratio(
      mean((run) => run.lowWorkInGaps),
      idle,
    ),
    overPredicted: runs.some((run) => run.overPredicted === null) ? null : mean((run) => run.overPredicted!),
  };
}

function ratio(a: number | null, b: number | null): number | null {
  return a === null || b === null || b === 0 ? null : a / b;
}

/** When the last of the others ended, mean over games. */
function lastOf(runs: readonly KernelRun[]): number | null {
  const lasts = runs.map(({ lowFinishes }) =>
    lowFinishes.reduce<number | null>(
      (last, finish) => (last === null || finish === null ? null : Math.max(last, finish)),
      0,
    ),
  );
  return lasts.some((last, i) => last === null || runs[i]!.lowFinishes.length === 0)
    ? null
    : lasts.reduce((sum: number, last) => sum + last!, 0) / runs.length;
}

/** When each of the others ended, mean over games. */
function completionsOf(runs: readonly KernelRun[]): readonly number[] | null {
  const sums = runs[0]!.lowFinishes.map((_, k) =>
    runs.reduce((sum, { lowFinishes }) => sum + (lowFinishes[k] ?? Number.NaN), 0),
  );
  return sums.length === 0 || sums.some(Number.isNaN) ? null : sums.map((sum) => sum / runs.length);
}
