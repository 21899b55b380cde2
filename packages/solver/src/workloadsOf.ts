import type { ModeProblem } from "@partitune/schema";

/** An inference workload of a problem, with the minibatches to choose from. */
export interface ServedWorkload {
  readonly workload: string;
  readonly batches: readonly number[];
}

/** The workloads that a problem rests on. */
export interface ProblemWorkloads {
  readonly training: string | null;
  /** The more urgent first; a backlog comes last. */
  readonly served: readonly ServedWorkload[];
  /** Whether the power of the idle device is needed: where the budget is an average. */
  readonly idle: boolean;
}

/** What must be measured in a power mode to judge it. */
export function workloadsOf(problem: ModeProblem): ProblemWorkloads {
  const idle = "budget" in problem && problem.budget?.kind === "average";
  switch (problem.kind) {
    case "training":
      return { training: problem.training, served: [], idle };
    case "inference":
      return { training: null, served: [problem.inference], idle };
    case "concurrent":
    case "rate-schedule":
      return { training: problem.training, served: [problem.inference], idle };
    case "backlogged":
      return { training: null, served: [problem.inference, problem.backlog], idle };
    case "two-inferences":
      return { training: problem.training ?? null, served: [problem.urgent, problem.nonUrgent], idle };
  }
}
