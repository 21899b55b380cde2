import { dispatchers } from "../../problems/dispatchers.ts";
import type { CandidateJudgement } from "../../problems/judgeOf.ts";
import { urgentResponse } from "../../problems/responseTimes.ts";
import type { Ledger } from "../ledger.ts";

/** What candidates are compared by: a positive number to minimise, of which equal parts count the same. */
export interface Prospects {
  /**
   * What a candidate cannot go below, quick to find: from the times of a training minibatch and of one of each served workload.
   */
  bound(combination: number, trainingSeconds: number, first: number, second: number): number;
  /** What a judged candidate costs, given its bound; infinite when it does nothing. */
  cost(judgement: CandidateJudgement, bound: number): number;
}

/**
 * Weight of the rate itself beside what all idle time would give: rates of whole minibatches per window have plateaus without a slope,
 * fewer where slack carries minibatches over.
 */
const rateWeights = { reserve: 0.5, slack: 0.8, greedy: 1 };

const unbounded = () => 0;
const byValue = ({ value }: CandidateJudgement) => value;
const byRate = ({ value }: CandidateJudgement) => -1 / value;

export function prospectsOf({ problem, combinations }: Ledger): Prospects {
  switch (problem.kind) {
    case "concurrent":
    case "backlogged": {
      const { ratePerSecond } = problem.inference;
      if (ratePerSecond === 0) return { bound: unbounded, cost: byRate };
      const weight = rateWeights[problem.policy];
      const requests = combinations.map((batches) => (problem.kind === "backlogged" ? batches[1]! : 1));
      return {
        // time per minibatch, or request of a backlog, if it had all idle time
        bound: (combination, trainingSeconds, first, second) => {
          const idle = 1 - (first * ratePerSecond) / combinations[combination]![0]!;
          const seconds = problem.kind === "backlogged" ? second : trainingSeconds;
          return idle <= 0 ? Number.POSITIVE_INFINITY : seconds / (idle * requests[combination]!);
        },
        cost: ({ value }, bound) => 1 / (weight * -value + (1 - weight) / bound),
      };
    }
    case "inference": {
      if (problem.objective !== "latency") return { bound: unbounded, cost: byValue };
      const gathering = combinations.map(([batch]) =>
        Math.min(...problem.dispatchers.map((name) => dispatchers[name](batch!, problem.inference.ratePerSecond))),
      );
      return { bound: (combination, _, seconds) => gathering[combination]! + seconds, cost: byValue };
    }
    case "two-inferences": {
      if (problem.objective === "training") return { bound: unbounded, cost: byRate };
      if (problem.objective === "power") return { bound: unbounded, cost: byValue };
      const periods = combinations.map(([batch]) => batch! / problem.urgent.ratePerSecond);
      return {
        bound: (combination, trainingSeconds, first, second) => {
          const periodSeconds = periods[combination]!;
          const blocking = Math.max(second, trainingSeconds);
          return periodSeconds + urgentResponse({ periodSeconds, serviceSeconds: first }, blocking);
        },
        cost: byValue,
      };
    }
    default:
      return { bound: unbounded, cost: byValue };
  }
}
