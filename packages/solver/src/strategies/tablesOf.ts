import type { ProblemTables } from "../problems/answerProblem.ts";
import type { IdleRow, InferenceRow, TrainingRow } from "../problems/rows.ts";
import type { ModeGrid, Observation } from "./strategy.ts";

/** Observations as the tables that problems are solved over. */
export function tablesOf(
  { observations }: { readonly observations: readonly Observation[] },
  { names }: Pick<ModeGrid, "names">,
): ProblemTables {
  const training = new Map<string, TrainingRow[]>();
  const inference = new Map<string, InferenceRow[]>();
  const idle: IdleRow[] = [];
  for (const { run, timeSeconds, powerWatts: watts } of observations) {
    const mode = names[run.mode]!;
    if (run.workload === null || timeSeconds === null) idle.push({ mode, watts });
    else if (run.batch === null) append(training, run.workload, { mode, seconds: timeSeconds, watts });
    else append(inference, run.workload, { mode, batch: run.batch, seconds: timeSeconds, watts });
  }
  return { training, inference, idle };
}

function append<Row>(tables: Map<string, Row[]>, workload: string, row: Row): void {
  const rows = tables.get(workload);
  if (rows === undefined) tables.set(workload, [row]);
  else rows.push(row);
}
