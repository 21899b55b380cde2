import type { CandidateJudgement } from "../../problems/judgeOf.ts";
import type { Ledger } from "../ledger.ts";
import { rateWeights } from "./terms.ts";

/**
 * What judged candidates are compared by: a positive number to minimise, of which equal parts count the same; infinite when a candidate
 * does nothing.
 *
 * @returns a function from a judgement and the candidate's bound
 */
export function costOf({ problem }: Ledger): (judgement: CandidateJudgement, bound: number) => number {
  switch (problem.kind) {
    case "concurrent":
    case "backlogged": {
      if (problem.inference.ratePerSecond === 0) return byRate;
      const weight = rateWeights[problem.policy];
      return ({ value }, bound) => 1 / (weight * -value + (1 - weight) / bound);
    }
    case "two-inferences":
      return problem.objective === "training" ? byRate : byValue;
    default:
      return byValue;
  }
}

const byValue = ({ value }: CandidateJudgement) => value;
const byRate = ({ value }: CandidateJudgement) => -1 / value;
