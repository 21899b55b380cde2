import type { ModeProblem } from "@partitune/schema";
import {
  type ModeGrid,
  type ModeRun,
  type RunOutcome,
  readGridRow,
  type SingleProblem,
  workloadsOf,
} from "@partitune/solver";
import type { ModeSource } from "./modeSource.ts";

/** Measures a run of a grid. */
export type Measure = (run: ModeRun, signal?: AbortSignal) => Promise<RunOutcome>;

/** Measures rows of the grid by the names of their modes; where batches of a training are chosen, times are those of one sample. */
export function measureOn(source: ModeSource, grid: ModeGrid, problem: SingleProblem): Measure {
  const unit = runOf(problem, source);
  return async ({ mode, workload, batch }, signal) => {
    const row = readGridRow(grid, mode);
    const outcome = await source.measuring.measure(
      { powerMode: row.powerMode, workload, batch: row.batch ?? batch },
      signal,
    );
    const perBatch = row.batch !== null && "timeSeconds" in outcome && unit === "batch";
    return perBatch ? { ...outcome, timeSeconds: outcome.timeSeconds / row.batch } : outcome;
  };
}

/** What a measured time of the training is. */
export function runOf(problem: ModeProblem, { workloads }: ModeSource): "batch" | "epoch" {
  const { training } = workloadsOf(problem);
  return workloads.find(({ name }) => name === training)?.run ?? "batch";
}
