import type { Fraction, ModeProblem, Seconds, Watts } from "@partitune/schema";
import type { ProblemChoice } from "./problems/answerProblem.ts";
import { dispatchers } from "./problems/dispatchers.ts";
import type { CandidateCosts, RunCost } from "./problems/judgeOf.ts";
import { nonUrgentResponse } from "./problems/responseTimes.ts";

/** A problem of one choice; a schedule is a sequence of them. */
export type SingleProblem = Exclude<ModeProblem, { readonly kind: "rate-schedule" }>;
export type SingleChoice = Exclude<ProblemChoice, { readonly kind: "rate-schedule" }>;
type ProblemOf<Kind extends SingleProblem["kind"]> = Extract<SingleProblem, { readonly kind: Kind }>;
type ChoiceOf<Kind extends SingleChoice["kind"]> = Extract<SingleChoice, { readonly kind: Kind }>;

/** The most that a choice takes of any budget, as a part of it: above 1 it breaks one. */
export type BudgetUse = (costs: CandidateCosts) => Fraction;

/**
 * How much of its budgets a choice takes when its runs cost other than expected and it is run as chosen all the same: with its
 * batches, its tolerated lateness, and its training minibatches per window.
 *
 * A training minibatch that is longer than expected ends later by what it overruns, so it delays inference by that.
 *
 * @param expected  the costs it was chosen by
 * @throws Error when problem and choice are of different kinds
 */
export function budgetUse(problem: SingleProblem, choice: SingleChoice, expected: CandidateCosts): BudgetUse {
  if (problem.kind === "training" && choice.kind === "training") return ofTraining(problem);
  if (problem.kind === "inference" && choice.kind === "inference") return ofInference(problem, choice);
  if (problem.kind === "concurrent" && choice.kind === "concurrent") {
    const beside = expected.training;
    return ofTurns(problem, choice, beside?.timeSeconds ?? 0, ({ training }) => training);
  }
  if (problem.kind === "backlogged" && choice.kind === "backlogged") {
    const background = ({ served }: CandidateCosts) => served.at(-1);
    return ofTurns(problem, choice, background(expected)!.timeSeconds, background);
  }
  if (problem.kind === "two-inferences" && choice.kind === "two-inferences") {
    return ofTwoInferences(problem, choice);
  }
  throw new Error(`a choice of kind "${choice.kind}" answers no problem of kind "${problem.kind}"`);
}

function ofTraining({ budgetWatts, minibatchSeconds }: ProblemOf<"training">): BudgetUse {
  return ({ training }) =>
    Math.max(part(training!.powerWatts, budgetWatts), part(training!.timeSeconds, minibatchSeconds));
}

function ofInference(
  { inference, budget, highestLoad = 1 }: ProblemOf<"inference">,
  choice: ChoiceOf<"inference">,
): BudgetUse {
  const gatherSeconds = dispatchers[choice.dispatcher](choice.batch, inference.ratePerSecond);
  return ({ served: [cost], idleWatts = 0 }) => {
    const { timeSeconds, powerWatts } = cost!;
    const load = timeSeconds / choice.windowSeconds;
    const watts = budget?.kind === "average" ? idleWatts + Math.min(1, load) * (powerWatts - idleWatts) : powerWatts;
    return Math.max(
      load / highestLoad,
      part(gatherSeconds + timeSeconds, inference.latencySeconds),
      part(watts, budget?.watts),
    );
  };
}

function ofTurns(
  problem: ProblemOf<"concurrent" | "backlogged">,
  choice: ChoiceOf<"concurrent" | "backlogged">,
  expectedSeconds: Seconds,
  background: (costs: CandidateCosts) => RunCost | undefined,
): BudgetUse {
  const { inference, dispatcher, budget, highestLoad = 1, changeoverSeconds = 0 } = problem;
  const { batch, windowSeconds, toleratedSeconds, minibatchesPerWindow } = choice;
  if (batch === null || windowSeconds === null) return (costs) => part(background(costs)!.powerWatts, budget.watts);
  const gatherSeconds = dispatchers[dispatcher](batch, inference.ratePerSecond);
  const minibatches = minibatchesPerWindow ?? 0;
  const none: RunCost = { timeSeconds: 0, powerWatts: 0 };
  return (costs) => {
    const [served] = costs.served as readonly [RunCost];
    const beside = minibatches > 0 ? background(costs)! : none;
    const idleWatts = costs.idleWatts ?? 0;
    const serviceSeconds = served.timeSeconds + 2 * changeoverSeconds;
    const lateSeconds = minibatches > 0 ? toleratedSeconds + Math.max(0, beside.timeSeconds - expectedSeconds) : 0;
    const besideSeconds = minibatches * beside.timeSeconds;
    const idleSeconds = Math.max(0, windowSeconds - serviceSeconds - besideSeconds);
    const joules = served.powerWatts * serviceSeconds + beside.powerWatts * besideSeconds + idleWatts * idleSeconds;
    const meanWatts = joules / Math.max(windowSeconds, serviceSeconds + besideSeconds);
    const peakWatts = Math.max(served.powerWatts, beside.powerWatts, idleWatts);
    return Math.max(
      serviceSeconds / (highestLoad * windowSeconds),
      part(gatherSeconds + serviceSeconds + lateSeconds, inference.latencySeconds),
      part(budget.kind === "average" ? meanWatts : peakWatts, budget.watts),
    );
  };
}

function ofTwoInferences(
  { urgent, nonUrgent, budget }: ProblemOf<"two-inferences">,
  { urgentBatch, nonUrgentBatch, trainingRate }: ChoiceOf<"two-inferences">,
): BudgetUse {
  const urgentPeriod = urgentBatch / urgent.ratePerSecond;
  const nonUrgentPeriod = nonUrgentBatch / nonUrgent.ratePerSecond;
  return ({ training, served, idleWatts = 0 }) => {
    const [first, second] = served as readonly [RunCost, RunCost];
    const behind = training !== undefined && trainingRate > 0 ? training : { timeSeconds: 0, powerWatts: 0 };
    const urgentJobs = { periodSeconds: urgentPeriod, serviceSeconds: first.timeSeconds };
    const nonUrgentJobs = { periodSeconds: nonUrgentPeriod, serviceSeconds: second.timeSeconds };
    const shares = [first.timeSeconds / urgentPeriod, second.timeSeconds / nonUrgentPeriod] as const;
    const meanWatts =
      idleWatts +
      shares[0] * (first.powerWatts - idleWatts) +
      shares[1] * (second.powerWatts - idleWatts) +
      trainingRate * behind.timeSeconds * (behind.powerWatts - idleWatts);
    const peakWatts = Math.max(first.powerWatts, second.powerWatts, behind.powerWatts, idleWatts);
    const blocking = Math.max(second.timeSeconds, behind.timeSeconds);
    return Math.max(
      shares[0] + shares[1],
      part(urgentPeriod + blocking + first.timeSeconds, urgent.latencySeconds),
      part(
        nonUrgentPeriod + nonUrgentResponse(urgentJobs, nonUrgentJobs, behind.timeSeconds),
        nonUrgent.latencySeconds,
      ),
      part(budget.kind === "average" ? meanWatts : peakWatts, budget.watts),
    );
  };
}

function part(used: Seconds | Watts, allowed: number | undefined): Fraction {
  return allowed === undefined ? 0 : used / allowed;
}
