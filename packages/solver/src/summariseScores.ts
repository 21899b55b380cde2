import { quantile } from "@partitune/numerics";
import type { EvaluationSummary } from "@partitune/schema";
import type { SearchScore } from "./scoreSearch.ts";

/** What a summary is of. */
export type SummaryOf = Pick<EvaluationSummary, "kind" | "strategy" | "highestProbes">;

/** What a summary needs of a score. */
export type Scored = Omit<SearchScore, "value">;

/** Sums up how a strategy did on many problems of a kind. */
export function summariseScores(of: SummaryOf, scores: readonly Scored[]): EvaluationSummary {
  const solvable = scores.filter(({ status }) => status !== "unsolvable");
  const losses = solvable.flatMap(({ loss }) => (loss === null ? [] : [loss])).sort((a, b) => a - b);
  const unsolved = solvable.length - losses.length;
  const uses = scores.flatMap(({ freshUse }) => (freshUse === null ? [] : [freshUse]));
  const total = losses.reduce((sum, loss) => sum + loss, 0);
  const within = (limit: number) => share(losses.filter((loss) => loss <= limit).length, solvable.length);
  const at = (probability: number) => (losses.length === 0 ? null : quantile(losses, probability));
  return {
    ...of,
    problems: scores.length,
    solvable: solvable.length,
    unsolved,
    falseAnswers: scores.filter(({ isFalse }) => isFalse).length,
    meanLoss: losses.length === 0 ? null : total / losses.length,
    meanLossWithUnsolved: solvable.length === 0 ? null : (total + unsolved) / solvable.length,
    medianLoss: at(0.5),
    p90Loss: at(0.9),
    highestLoss: losses.at(-1) ?? null,
    within5Percent: within(0.05),
    within7Percent: within(0.07),
    broken: uses.length === 0 ? null : share(uses.filter((use) => use > 1).length, uses.length),
    highestExcess: finiteOrNull(Math.max(0, uses.reduce((most, use) => Math.max(most, use), 0) - 1), uses.length),
    meanModes: mean(scores.map(({ modesMeasured }) => modesMeasured)),
    meanRuns: mean(scores.map(({ runs }) => runs)),
  };
}

function finiteOrNull(value: number, count: number): number | null {
  return count === 0 || value === Number.POSITIVE_INFINITY ? null : value;
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
