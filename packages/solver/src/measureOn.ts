import type { ModeProblem, Workload } from "@partitune/schema";
import { readGridRow } from "./gridRow.ts";
import type { ModeGrid, ModeRun, RunOutcome } from "./strategies/strategy.ts";
import { workloadsOf } from "./workloadsOf.ts";

/** A run by the names of things. */
export interface NamedRun {
  readonly powerMode: string;
  /** Null: the idle device. */
  readonly workload: string | null;
  /** Null for a training of one batch size, and for the idle device. */
  readonly batch: number | null;
}

/** Measures runs by the names of modes and workloads: on a device, from a table, by a formula. */
export type MeasureNamed = (run: NamedRun, signal?: AbortSignal) => RunOutcome | Promise<RunOutcome>;

/** Measures rows of a grid; where batches of a training are chosen, times are those of one sample. */
export function measureOn(
  measure: MeasureNamed,
  workloads: readonly Workload[],
  grid: ModeGrid,
  problem: ModeProblem,
): (run: ModeRun, signal?: AbortSignal) => Promise<RunOutcome> {
  const unit = runOf(problem, workloads);
  return async ({ mode, workload, batch }, signal) => {
    const row = readGridRow(grid, mode);
    const isTraining = workload !== null && batch === null;
    const outcome = await measure(
      { powerMode: row.powerMode, workload, batch: isTraining ? row.batch : batch },
      signal,
    );
    const isPerBatch = isTraining && row.batch !== null && "timeSeconds" in outcome && unit === "batch";
    return isPerBatch ? { ...outcome, timeSeconds: outcome.timeSeconds / row.batch } : outcome;
  };
}

/** What a measured time of the problem's training is. */
export function runOf(problem: ModeProblem, workloads: readonly Workload[]): "batch" | "epoch" {
  const { training } = workloadsOf(problem);
  return workloads.find(({ name }) => name === training)?.run ?? "batch";
}
