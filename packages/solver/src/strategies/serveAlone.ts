import type { ModeProblem } from "@partitune/schema";
import { type CandidateCosts, holds, judgeOf } from "../problems/judgeOf.ts";

/** Whether a candidate's inference holds when nothing runs beside it; for problems with nothing to serve, whether the candidate does. */
export function serveAlone(problem: ModeProblem): (batches: readonly number[], costs: CandidateCosts) => boolean {
  const isBeside = problem.kind === "concurrent" || problem.kind === "backlogged";
  if (isBeside && problem.inference.ratePerSecond > 0) {
    const { inference, dispatcher, budget, highestLoad, changeoverSeconds = 0 } = problem;
    const dispatchers = [dispatcher];
    const judge = judgeOf({ kind: "inference", inference, dispatchers, objective: "power", budget, highestLoad });
    return (batches, { training: _, served, ...rest }) => {
      const { timeSeconds, powerWatts } = served[0]!;
      const service = { timeSeconds: timeSeconds + 2 * changeoverSeconds, powerWatts };
      return holds(judge(batches, { ...rest, served: [service] }));
    };
  }
  if (problem.kind === "two-inferences" && problem.training !== undefined) {
    const { training: _, ...rest } = problem;
    const judge = judgeOf({ ...rest, objective: "latency" });
    return (batches, { training: __, ...costs }) => holds(judge(batches, costs));
  }
  const judge = judgeOf(problem);
  return (batches, costs) => holds(judge(batches, costs));
}
