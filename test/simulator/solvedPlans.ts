import type { ModePlan } from "@partitune/schema";
import type {
  ConcurrentChoice,
  ConcurrentProblem,
  InferenceChoice,
  InferenceRow,
  TrainingRow,
  TwoInferencesChoice,
  TwoInferencesProblem,
} from "@partitune/solver";
import { promise, type TestBackground, type TestInference, testModePlan } from "./testModePlan.ts";

/** What a solver chose, as plans that promise exactly what it predicted: no budget's slack hides an error. */

/** The demand and tables of a concurrent problem that a plan is made from; idle power by mode where it is known. */
type ConcurrentTables = Pick<
  ConcurrentProblem,
  "training" | "inference" | "ratePerSecond" | "policy" | "dispatcher"
> & {
  readonly idle?: ConcurrentProblem["idle"];
  readonly changeoverSeconds?: number;
};

/** Training beside inference. @param budgetKind  how the choice counts its power */
export function concurrentPlan(
  { training, inference, idle, ratePerSecond, policy, dispatcher, changeoverSeconds = 0 }: ConcurrentTables,
  choice: ConcurrentChoice,
  budgetKind: "peak" | "average",
): ModePlan {
  const { mode, toleratedSeconds, minibatchesPerWindow, latencySeconds, trainingRate, watts } = choice;
  const served = inference.find((row) => row.mode === mode && row.batch === choice.batch)!;
  const trained = training.find((row) => row.mode === mode)!;
  const highestPerWindow = budgetKind === "average" ? minibatchesPerWindow : null;
  return testModePlan({
    inferences: [{ ...servedAs(served, ratePerSecond), dispatcher }],
    ...(trainingRate > 0 && {
      background: { ...trainedAs(trained), policy, toleratedSeconds, highestPerWindow },
    }),
    changeoverSeconds,
    idleWatts: idle?.find((row) => row.mode === mode)?.watts ?? null,
    promises: [
      promise.worst("a", latencySeconds!),
      promise.rate("train", trainingRate),
      budgetKind === "peak" ? promise.peak(watts) : promise.mean(watts),
    ].filter(({ metric }) => trainingRate > 0 || metric !== "throughput_per_s"),
  });
}

/** Two inferences, and training behind both where there is any. */
export function twoInferencesPlan(
  { urgent, nonUrgent, training, idle, urgentDemand, nonUrgentDemand, budget }: TwoInferencesProblem,
  choice: TwoInferencesChoice,
): ModePlan {
  const { mode, urgentBatch, nonUrgentBatch, trainingRate, watts } = choice;
  const rowOf = (rows: readonly InferenceRow[], batch: number) =>
    rows.find((row) => row.mode === mode && row.batch === batch)!;
  const trained = training?.find((row) => row.mode === mode);
  const windowSeconds = urgentBatch / urgentDemand.ratePerSecond;
  const highestPerWindow = budget.kind === "average" ? trainingRate * windowSeconds : null;
  const trains = trained !== undefined && trainingRate > 0;
  return testModePlan({
    inferences: [
      servedAs(rowOf(urgent, urgentBatch), urgentDemand.ratePerSecond),
      servedAs(rowOf(nonUrgent, nonUrgentBatch), nonUrgentDemand.ratePerSecond),
    ],
    ...(trains && { background: { ...trainedAs(trained), policy: "greedy", highestPerWindow } }),
    idleWatts: idle?.find((row) => row.mode === mode)?.watts ?? null,
    promises: [
      promise.worst("a", choice.urgentLatencySeconds),
      promise.worst("b", choice.nonUrgentLatencySeconds),
      ...(trains ? [promise.rate("train", trainingRate)] : []),
      budget.kind === "peak" ? promise.peak(watts) : promise.mean(watts),
    ],
  });
}

/** Inference alone. */
export function inferencePlan(rows: readonly InferenceRow[], ratePerSecond: number, choice: InferenceChoice): ModePlan {
  const row = rows.find(({ mode, batch }) => mode === choice.mode && batch === choice.batch)!;
  return testModePlan({
    inferences: [{ ...servedAs(row, ratePerSecond), dispatcher: choice.dispatcher }],
    idleWatts: null,
    promises: [promise.worst("a", choice.latencySeconds), promise.peak(choice.watts)],
  });
}

/** Training alone. */
export function trainingPlan({ seconds, watts }: Pick<TrainingRow, "seconds" | "watts">): ModePlan {
  return testModePlan({
    background: trainedAs({ seconds, watts }),
    promises: [promise.rate("train", 1 / seconds), promise.peak(watts)],
  });
}

function servedAs({ batch, seconds, watts }: InferenceRow, ratePerSecond: number): TestInference {
  return { batch, ratePerSecond, seconds, expected: { seconds, watts } };
}

function trainedAs({ seconds, watts }: Pick<TrainingRow, "seconds" | "watts">): TestBackground {
  return { seconds, expected: { seconds, watts } };
}
