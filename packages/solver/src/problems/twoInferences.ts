import { InputError, type PerSecond, type Seconds, type Watts } from "@partitune/schema";
import { formatPercent } from "../formatQuantity.ts";
import type { Answer } from "./answer.ts";
import { checkDemand } from "./checkDemand.ts";
import { type InferencePair, type InferenceTables, joinInferences } from "./joinInferences.ts";
import { type Limit, leastMissing, nothingMeasured, reasonsAgainst } from "./limits.ts";
import type { PowerBudget } from "./powerBudget.ts";
import { loadOf, nonUrgentResponse, type PeriodicJobs, urgentResponse } from "./responseTimes.ts";
import { within } from "./within.ts";
import { answersTooLate, drawsTooMuch } from "./words.ts";

/** What one of two inference workloads is asked for. */
export interface InferenceDemand {
  readonly ratePerSecond: PerSecond;
  /** Worst latency promised, from a request's arrival to the end of its minibatch. */
  readonly latencySeconds: Seconds;
}

/** What is asked of two inference workloads together. */
export interface TwoDemands {
  readonly urgentDemand: InferenceDemand;
  readonly nonUrgentDemand: InferenceDemand;
}

/** Which power mode and minibatches to serve two inference workloads with, one before the other. */
export interface TwoInferencesProblem extends InferenceTables, TwoDemands {
  readonly budget: PowerBudget;
  /** Minimise the urgent latency or the power, or maximise the training rate, which needs training rows. */
  readonly objective: "latency" | "power" | "training";
}

export interface TwoInferencesChoice {
  readonly mode: string;
  readonly urgentBatch: number;
  readonly nonUrgentBatch: number;
  /** Worst latencies of a request. */
  readonly urgentLatencySeconds: Seconds;
  /** Infinity when the device is overloaded. */
  readonly nonUrgentLatencySeconds: Seconds;
  /** Part of the time that both take. */
  readonly load: number;
  /** Training minibatches per second; 0 without training. */
  readonly trainingRate: PerSecond;
  /** As the budget counts it: the hungriest minibatch, or the mean. */
  readonly watts: Watts;
}

/** A load this close to 1 counts as too much when no busy period ends. */
export const overloaded = 1 + 1e-6;

/** Smaller is better, by objective. */
export const twoInferencesValues = {
  latency: (choice: TwoInferencesChoice) => choice.urgentLatencySeconds,
  power: (choice: TwoInferencesChoice) => choice.watts,
  training: (choice: TwoInferencesChoice) => -choice.trainingRate,
} as const satisfies Record<TwoInferencesProblem["objective"], (choice: TwoInferencesChoice) => number>;

/**
 * The mode and minibatches that keep both promises within the budget and are best by the objective; of equals those of least
 * power, then of least urgent latency.
 *
 * Both gather requests in windows. A ready urgent minibatch goes first, then a ready non-urgent one, then training, greedily;
 * none is interrupted. Under an average budget training is run less, so that the mean just keeps it.
 *
 * @returns the choice with its value (s, W or minibatches/s), or the choice that misses the limits least; O(n log n) for n
 *   combinations of rows
 * @throws InputError when rows repeat or a number is out of range
 */
export function twoInferences(problem: TwoInferencesProblem): Answer<TwoInferencesChoice> {
  check(problem);
  const choices = joinInferences(problem).map((pair) => toTwoInferencesChoice(pair, problem, problem.budget));
  const limits = limitsOf(problem);
  const worth = twoInferencesValues[problem.objective];
  let best: TwoInferencesChoice | undefined;
  for (const choice of choices) {
    if (best !== undefined && !isBetter(choice, best, worth)) continue;
    if (limits.every((limit) => within(limit.used(choice), limit.allowed(choice)))) best = choice;
  }
  if (best !== undefined) return { status: "optimal", choice: best, value: Math.abs(worth(best)), reasons: [] };
  const refusal = refuse(choices, limits);
  return problem.training === undefined ? refusal : withoutTraining(problem, refusal);
}

/** Inference that holds alone is still an answer: training starves, and the answer says why. */
function withoutTraining(
  { training: _, ...problem }: TwoInferencesProblem,
  refusal: Answer<TwoInferencesChoice>,
): Answer<TwoInferencesChoice> {
  const starved = problem.objective === "training";
  const answer = twoInferences({ ...problem, objective: starved ? "power" : problem.objective });
  if (answer.status === "infeasible") return refusal;
  const reasons = refusal.reasons.map((reason) => ({ ...reason, text: `training starves: ${reason.text}` }));
  return { ...answer, value: starved ? 0 : answer.value, reasons };
}

function check(problem: TwoInferencesProblem): void {
  const { urgentDemand, nonUrgentDemand, budget, idle, training, objective } = problem;
  const shared = { budget, ...(idle === undefined ? {} : { idle }) };
  for (const [name, demand] of [
    ["urgent inference", urgentDemand],
    ["non-urgent inference", nonUrgentDemand],
  ] as const) {
    checkDemand(name, { ...demand, ...shared });
    if (demand.ratePerSecond > 0) continue;
    throw new InputError({ what: name, problem: "has no requests", advice: "solve for the other workload alone" });
  }
  if (objective !== "training" || training !== undefined) return;
  throw new InputError({ what: "the objective", problem: "needs training rows", advice: "measure training first" });
}

/**
 * The lowest urgent latency under each of many peak budgets, as {@link twoInferences} chooses it, in one pass.
 *
 * @param pairs  from the least peak power up, as joinInferences gives them
 * @param budgetsWatts  rising
 * @returns a choice per budget; undefined where none keeps both promises and the budget
 */
export function twoInferencesSweep(
  pairs: readonly InferencePair[],
  demands: TwoDemands,
  budgetsWatts: readonly Watts[],
): readonly (TwoInferencesChoice | undefined)[] {
  const { urgentDemand, nonUrgentDemand } = demands;
  let shortest = Number.POSITIVE_INFINITY;
  let best: TwoInferencesChoice | undefined;
  let next = 0;
  return budgetsWatts.map((budget) => {
    for (; next < pairs.length && within(pairs[next]!.peakWatts, budget); next++) {
      const pair = pairs[next]!;
      const blocking = Math.max(pair.nonUrgentSeconds, pair.trainingSeconds);
      const latency = pair.urgentBatch / urgentDemand.ratePerSecond + blocking + pair.urgentSeconds;
      if (latency >= shortest || !within(latency, urgentDemand.latencySeconds)) continue;
      const choice = toTwoInferencesChoice(pair, demands, { kind: "peak", watts: budget });
      if (!within(choice.nonUrgentLatencySeconds, nonUrgentDemand.latencySeconds)) continue;
      shortest = latency;
      best = choice;
    }
    return best;
  });
}

function isBetter(
  choice: TwoInferencesChoice,
  best: TwoInferencesChoice,
  worth: (choice: TwoInferencesChoice) => number,
): boolean {
  if (worth(choice) !== worth(best)) return worth(choice) < worth(best);
  if (choice.watts !== best.watts) return choice.watts < best.watts;
  return choice.urgentLatencySeconds < best.urgentLatencySeconds;
}

/** A combination of rows as a choice, whether it keeps the limits or not. */
export function toTwoInferencesChoice(
  pair: InferencePair,
  demands: TwoDemands,
  budget: PowerBudget,
): TwoInferencesChoice {
  const urgent = jobsOf(pair.urgentBatch, pair.urgentSeconds, demands.urgentDemand);
  const nonUrgent = jobsOf(pair.nonUrgentBatch, pair.nonUrgentSeconds, demands.nonUrgentDemand);
  const load = loadOf(urgent, nonUrgent);
  const blocking = Math.max(pair.nonUrgentSeconds, pair.trainingSeconds);
  const trainingShare = trainingShareOf(pair, urgent, nonUrgent, budget);
  return {
    mode: pair.mode,
    urgentBatch: pair.urgentBatch,
    nonUrgentBatch: pair.nonUrgentBatch,
    urgentLatencySeconds: urgent.periodSeconds + urgentResponse(urgent, blocking),
    nonUrgentLatencySeconds: nonUrgent.periodSeconds + nonUrgentResponse(urgent, nonUrgent, pair.trainingSeconds),
    load,
    trainingRate: pair.trainingSeconds === 0 ? 0 : trainingShare / pair.trainingSeconds,
    watts: budget.kind === "peak" ? pair.peakWatts : meanWattsOf(pair, urgent, nonUrgent, trainingShare),
  };
}

function jobsOf(batch: number, serviceSeconds: Seconds, demand: InferenceDemand): PeriodicJobs {
  return { periodSeconds: batch / demand.ratePerSecond, serviceSeconds };
}

/** Part of the time that training takes: what is left, or what an average budget allows of it. */
function trainingShareOf(
  pair: InferencePair,
  urgent: PeriodicJobs,
  nonUrgent: PeriodicJobs,
  budget: PowerBudget,
): number {
  if (pair.trainingSeconds === 0) return 0;
  const left = Math.max(0, 1 - loadOf(urgent, nonUrgent));
  const extra = pair.trainingWatts - pair.idleWatts;
  if (budget.kind === "peak" || extra <= 0) return left;
  const affordable = (budget.watts - meanWattsOf(pair, urgent, nonUrgent, 0)) / extra;
  return Math.min(left, Math.max(0, affordable));
}

function meanWattsOf(pair: InferencePair, urgent: PeriodicJobs, nonUrgent: PeriodicJobs, trainingShare: number): Watts {
  return (
    pair.idleWatts +
    (urgent.serviceSeconds / urgent.periodSeconds) * (pair.urgentWatts - pair.idleWatts) +
    (nonUrgent.serviceSeconds / nonUrgent.periodSeconds) * (pair.nonUrgentWatts - pair.idleWatts) +
    trainingShare * (pair.trainingWatts - pair.idleWatts)
  );
}

function limitsOf({
  urgentDemand,
  nonUrgentDemand,
  budget,
}: TwoInferencesProblem): readonly Limit<TwoInferencesChoice>[] {
  return [
    {
      workload: null,
      constraint: "load",
      used: ({ load, nonUrgentLatencySeconds }) =>
        Number.isFinite(nonUrgentLatencySeconds) ? load : Math.max(load, overloaded),
      allowed: () => 1,
      says: (used) => `is busy ${formatPercent(used)} of the time with inference alone`,
      advice: "lower the rates or measure larger batches and higher modes",
    },
    {
      workload: "urgent inference",
      constraint: "latency",
      used: (choice) => choice.urgentLatencySeconds,
      allowed: () => urgentDemand.latencySeconds,
      says: answersTooLate,
      advice: "promise more, or measure smaller batches of everything, as none is interrupted",
    },
    {
      workload: "non-urgent inference",
      constraint: "latency",
      used: ({ nonUrgentLatencySeconds: latency }) => (Number.isFinite(latency) ? latency : 0), // else the load says it
      allowed: () => nonUrgentDemand.latencySeconds,
      says: answersTooLate,
      advice: "promise more, lower the urgent rate, or measure higher modes",
    },
    {
      workload: null,
      constraint: "power",
      used: (choice) => choice.watts,
      allowed: () => budget.watts,
      says: drawsTooMuch,
      advice: "raise the budget or measure lower modes",
    },
  ];
}

function refuse(
  choices: readonly TwoInferencesChoice[],
  limits: readonly Limit<TwoInferencesChoice>[],
): Answer<TwoInferencesChoice> {
  const nearest = leastMissing(choices, limits);
  if (nearest === null) {
    const reason = nothingMeasured("no power mode is measured for everything that is to run");
    return { status: "infeasible", nearest, reasons: [reason] };
  }
  const { mode, urgentBatch, nonUrgentBatch } = nearest;
  const name = `the nearest choice, mode "${mode}" with batches ${urgentBatch} and ${nonUrgentBatch},`;
  return { status: "infeasible", nearest, reasons: reasonsAgainst(nearest, name, limits) };
}
