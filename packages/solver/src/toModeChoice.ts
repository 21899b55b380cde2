import type { ModeChoice } from "@partitune/schema";
import type { SingleChoice, SingleProblem } from "./budgetUse.ts";
import { inferenceValues } from "./problems/inference.ts";
import { trainingValues } from "./problems/training.ts";
import { twoInferencesValues } from "./problems/twoInferences.ts";
import { rowOfName } from "./rowOfName.ts";

/**
 * The choice that answers a problem, in the same words for every kind of problem.
 *
 * Worst latencies that nothing bounds are left out. A training with batch sizes to choose from has its batch among the others.
 *
 * @throws Error when problem and choice are of different kinds
 */
export function toModeChoice(problem: SingleProblem, choice: SingleChoice): ModeChoice {
  if (problem.kind === "training" && choice.kind === "training") {
    const { powerMode, batch } = rowOfName(problem, choice.mode);
    return {
      powerMode,
      batches: batch === null ? {} : { [problem.training]: batch },
      value: trainingValues[problem.objective](choice),
      watts: choice.watts,
      latencySeconds: {},
      load: 0,
      backgroundPerSecond: 1 / choice.seconds,
    };
  }
  if (problem.kind === "inference" && choice.kind === "inference") {
    const { workload } = problem.inference;
    return {
      powerMode: choice.mode,
      batches: { [workload]: choice.batch },
      value: inferenceValues[problem.objective](choice),
      watts: choice.watts,
      latencySeconds: { [workload]: choice.latencySeconds },
      load: choice.load,
      backgroundPerSecond: 0,
    };
  }
  const isTurns =
    (problem.kind === "concurrent" && choice.kind === "concurrent") ||
    (problem.kind === "backlogged" && choice.kind === "backlogged");
  if (isTurns) {
    const { workload } = problem.inference;
    const { batch, latencySeconds, trainingRate } = choice;
    const isBacklog = problem.kind === "backlogged" && choice.kind === "backlogged";
    return {
      powerMode: choice.mode,
      batches: {
        ...(batch !== null && { [workload]: batch }),
        ...(isBacklog && { [problem.backlog.workload]: choice.backlogBatch }),
      },
      value: isBacklog ? choice.backlogRate : trainingRate,
      watts: choice.watts,
      latencySeconds: latencySeconds === null ? {} : { [workload]: latencySeconds },
      load: choice.load,
      backgroundPerSecond: trainingRate,
    };
  }
  if (problem.kind === "two-inferences" && choice.kind === "two-inferences") {
    const { urgent, nonUrgent, objective } = problem;
    const { nonUrgentLatencySeconds: late } = choice;
    return {
      powerMode: choice.mode,
      batches: { [urgent.workload]: choice.urgentBatch, [nonUrgent.workload]: choice.nonUrgentBatch },
      value: Math.abs(twoInferencesValues[objective](choice)),
      watts: choice.watts,
      latencySeconds: {
        [urgent.workload]: choice.urgentLatencySeconds,
        ...(Number.isFinite(late) && { [nonUrgent.workload]: late }),
      },
      load: choice.load,
      backgroundPerSecond: choice.trainingRate,
    };
  }
  throw new Error(`a choice of kind "${choice.kind}" answers no problem of kind "${problem.kind}"`);
}
