import { InputError } from "@partitune/schema";
import { batchesOfChoice } from "./batchesOfChoice.ts";
import type { SingleChoice, SingleProblem } from "./budgetUse.ts";
import type { ProblemTables } from "./problems/answerProblem.ts";
import type { CandidateCosts, RunCost } from "./problems/judgeOf.ts";
import { workloadsOf } from "./workloadsOf.ts";

/** A measured row: of a minibatch, or of the idle device, which has no time. */
export interface CostRow {
  readonly mode: string;
  readonly batch?: number;
  readonly seconds?: number;
  readonly watts: number;
  /** Measurements it is the median of, by default 1. */
  readonly repeats?: number;
}

/** A run that a choice rests on. */
export interface ChoiceRun {
  readonly role: "training" | "served" | "idle";
  readonly own: CostRow;
  /** Rows of the same run in other modes. */
  readonly others: readonly CostRow[];
}

/**
 * What a choice rests on: training first, then what is served in order, then the idle device where it counts.
 *
 * @throws InputError when the tables lack a row of the choice
 */
export function choiceRuns(problem: SingleProblem, choice: SingleChoice, tables: ProblemTables): readonly ChoiceRun[] {
  const { training, served, idle } = workloadsOf(problem);
  const batches = batchesOfChoice(choice);
  const starves = "trainingRate" in choice && choice.trainingRate === 0;
  const runs: ChoiceRun[] = [];
  if (training !== null && !starves) {
    runs.push(runOf("training", training, tables.training.get(training) ?? [], choice));
  }
  for (const [i, { workload }] of served.entries()) {
    const batch = batches[i]!;
    if (batch === null) continue;
    const rows = (tables.inference.get(workload) ?? []).filter((row) => row.batch === batch);
    runs.push(runOf("served", `${workload} with batch ${batch}`, rows, choice));
  }
  if (idle && batches[0] !== null) runs.push(runOf("idle", "the idle device", tables.idle, choice));
  return runs;
}

/** Puts values where the budgets look for them: of each run the time and the power, of the idle device the power. */
export function toCosts(runs: readonly ChoiceRun[], values: readonly number[]): CandidateCosts {
  let next = 0;
  let training: RunCost | undefined;
  let idleWatts: number | undefined;
  const served: RunCost[] = [];
  for (const { role } of runs) {
    if (role === "idle") {
      idleWatts = values[next++]!;
      continue;
    }
    const cost = { timeSeconds: values[next++]!, powerWatts: values[next++]! };
    if (role === "training") training = cost;
    else served.push(cost);
  }
  return { ...(training && { training }), served, ...(idleWatts !== undefined && { idleWatts }) };
}

/** The measured values of runs, in the order of {@link toCosts}. */
export function measuredValues(runs: readonly ChoiceRun[]): readonly number[] {
  return runs.flatMap(({ own }) => (own.seconds === undefined ? [own.watts] : [own.seconds, own.watts]));
}

function runOf(role: ChoiceRun["role"], what: string, rows: readonly CostRow[], choice: SingleChoice): ChoiceRun {
  const own = rows.find(({ mode }) => mode === choice.mode);
  if (own === undefined) {
    throw new InputError({
      what,
      problem: `is not measured in mode "${choice.mode}"`,
      advice: "give the tables that the choice was made from",
    });
  }
  return { role, own, others: rows.filter((row) => row !== own) };
}
