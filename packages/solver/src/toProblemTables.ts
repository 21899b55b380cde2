import { InputError, type ModeProblem } from "@partitune/schema";
import { nameGridRow } from "./gridRow.ts";
import type { MeasuredRow, ModeTable, ModeTables } from "./modeTables.ts";
import type { ProblemTables } from "./problems/answerProblem.ts";
import { workloadsOf } from "./workloadsOf.ts";

/**
 * Tables of a device as a problem needs them. Where a training has several batch sizes to choose from, its rows are pairs of batch and mode,
 * named after both, and their seconds those of one sample (of an epoch, where epochs were measured), so that they compare.
 *
 * @throws InputError when a training was measured with several batch sizes and the problem does not name those to choose from, or when
 *   an inference workload was measured by the epoch
 */
export function toProblemTables(tables: ModeTables, problem: ModeProblem): ProblemTables {
  const { training, served } = workloadsOf(problem);
  const table = training === null ? undefined : tables.training.get(training);
  return {
    training: new Map(
      training === null || table === undefined ? [] : [[training, trainingRows(training, table, problem)]],
    ),
    inference: new Map(
      served.map(({ workload }) => [workload, inferenceRows(workload, tables.inference.get(workload))]),
    ),
    idle: tables.idle,
  };
}

function trainingRows(workload: string, { run, rows }: ModeTable, problem: ModeProblem): readonly TrainedRow[] {
  const chosen = problem.kind === "training" ? problem.batches : undefined;
  const kept = chosen === undefined ? rows : rows.filter(({ batch }) => chosen.includes(batch));
  const measured = [...new Set(kept.map(({ batch }) => batch))].sort((a, b) => a - b);
  if (measured.length <= 1) return kept.map(({ batch: _, ...row }) => row);
  if (chosen === undefined) {
    throw new InputError({
      what: `training "${workload}"`,
      problem: `is measured with batches of ${measured.join(", ")}`,
      advice: "name the batches to choose from, or keep the rows of one of them",
    });
  }
  return kept.map(({ mode, batch, seconds, ...rest }) => ({
    ...rest,
    mode: nameGridRow({ powerMode: mode, batch }),
    seconds: run === "epoch" ? seconds : seconds / batch,
  }));
}

type TrainedRow = Omit<MeasuredRow, "batch">;

function inferenceRows(workload: string, table: ModeTable | undefined): readonly MeasuredRow[] {
  if (table?.run === "epoch") {
    throw new InputError({
      what: `inference "${workload}"`,
      problem: "is measured by the epoch",
      advice: "measure the time of its minibatches",
    });
  }
  return table?.rows ?? [];
}
