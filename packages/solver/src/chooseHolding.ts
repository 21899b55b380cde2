import type { Fraction } from "@partitune/schema";
import type { SingleChoice, SingleProblem } from "./budgetUse.ts";
import { type HoldingInput, type HoldingJudge, holdingJudge } from "./holdingProbability.ts";
import { modeObjective } from "./modeObjective.ts";
import { singleTables, withoutPowerBudget } from "./observedChoices.ts";
import { answerProblem, type ProblemTables } from "./problems/answerProblem.ts";
import { within } from "./problems/within.ts";
import { withMargin } from "./problems/withMargin.ts";
import { toModeChoice } from "./toModeChoice.ts";

/** Part of every budget that is left free when choosing, where nothing else is asked for. */
export const defaultModeMargin: Fraction = 0.02;

/** How likely every choice must be to hold, where nothing else is asked for: on average choices then break in less than 0.5 %. */
export const defaultHolding: Fraction = 0.98;

/** Margins to run a choice with, where it may use up what a budget leaves: the widest first. */
const margins = [0.1, 0.06, 0.04, 0.025, 0.015, 0.005];
/** Choices of one margin that are judged in full before it is given up. */
const patience = 12;
/** A choice that is less likely than this by its own measurements is not saved by those of other modes. */
const roughlyAtLeast = 0.93;

/** A choice that is likely enough to hold. */
export interface HoldingChoice {
  readonly choice: SingleChoice;
  readonly value: number;
  readonly probability: Fraction;
  /** Part of the promised latency, of the load and of an average budget that was left free. */
  readonly margin: Fraction;
}

/**
 * The best measured choice that holds with at least a given probability, in place of one margin for all budgets: a budget that is far
 * away needs none, and one that rests on several times needs more. Where training or a backlog uses up what the promises leave, it is
 * tried with several margins.
 *
 * @param least  probability that a fresh measurement must keep every budget with, by default 0.98
 * @returns null when no measured choice is that likely to hold
 */
export function chooseHolding(input: HoldingInput, least: Fraction = defaultHolding): HoldingChoice | null {
  const judge = holdingJudge(input);
  const sign = modeObjective(input.problem).better === "lower" ? 1 : -1;
  const singles = singleTables(input.problem, input.tables);
  let best: HoldingChoice | null = null;
  for (const margin of usesUp(input.problem) ? margins : [0]) {
    const found = bestWith(margin, input.problem, singles, judge, least, sign, best);
    if (found !== null) best = found;
  }
  return best;
}

/** Whether how a choice runs depends on what the budgets leave. */
function usesUp(problem: SingleProblem): boolean {
  if (problem.kind === "training" || problem.kind === "inference") return false;
  const slack = problem.kind !== "two-inferences" && problem.policy === "slack";
  return slack || problem.budget.kind === "average";
}

/** The best choice of a margin that is likely enough and beats what is known; null when none does. */
function bestWith(
  margin: Fraction,
  problem: SingleProblem,
  singles: readonly ProblemTables[],
  judge: HoldingJudge,
  least: Fraction,
  sign: number,
  known: HoldingChoice | null,
): HoldingChoice | null {
  const limit = known === null ? Number.POSITIVE_INFINITY : sign * known.value;
  const left = withMargin(problem, margin);
  const free = left.kind === "rate-schedule" ? problem : peakFree(left);
  const candidates = singles
    .flatMap((single) => {
      const answer = answerProblem(free, single);
      if (answer.status !== "optimal" || answer.choice.kind === "rate-schedule") return [];
      const { value, watts } = toModeChoice(problem, answer.choice);
      return within(watts, budgetOf(problem)) && sign * value < limit ? [{ choice: answer.choice, value, watts }] : [];
    })
    .sort((a, b) => sign * (a.value - b.value) || a.watts - b.watts);
  let tried = 0;
  for (const { choice, value } of candidates) {
    if (tried >= patience && known !== null) return null;
    if (judge.roughly(choice) < roughlyAtLeast) continue;
    tried++;
    const probability = judge.probabilityOf(choice);
    if (probability >= least) return { choice, value, probability, margin };
  }
  return null;
}

/** Under a peak budget how a choice runs does not depend on power, so that its margin is the probability's business. */
function peakFree(problem: SingleProblem): SingleProblem {
  return "budget" in problem && problem.budget?.kind === "average" ? problem : withoutPowerBudget(problem);
}

function budgetOf(problem: SingleProblem): number {
  const watts = problem.kind === "training" ? problem.budgetWatts : problem.budget?.watts;
  return watts ?? Number.POSITIVE_INFINITY;
}
