import type { ModeProblem, Seconds, Watts } from "@partitune/schema";
import { turnsDemandOf } from "./answerProblem.ts";
import { affordableMinibatches } from "./bestUnderAverage.ts";
import { choicesOf, inferenceValues } from "./inference.ts";
import type { JoinedRow } from "./joinRows.ts";
import type { PowerBudget } from "./powerBudget.ts";
import { trainingValues } from "./training.ts";
import { type ConcurrentDemand, meanWattsOf, mostMinibatches, turnOf } from "./turns.ts";
import { overloaded, toTwoInferencesChoice, twoInferencesValues } from "./twoInferences.ts";
import { roundingTolerance } from "./within.ts";

/** Time and mean power of one minibatch. */
export interface RunCost {
  readonly timeSeconds: Seconds;
  readonly powerWatts: Watts;
}

/** What the runs of one candidate cost in its mode, measured or predicted. */
export interface CandidateCosts {
  /** Of a training minibatch, where the problem trains. */
  readonly training?: RunCost;
  /** Of a minibatch of each served workload, in the order of the candidate's batches. */
  readonly served: readonly RunCost[];
  /** Needed under an average budget. */
  readonly idleWatts?: Watts;
}

/** How good a candidate is, and how much of each budget it takes. */
export interface CandidateJudgement {
  /** To minimise: time, energy, power or latency; rates of training or of a backlog are negative. */
  readonly value: number;
  /** What it takes over what is allowed, less 1, everything running that may run: above 0 where it breaks; −1 without such a limit. */
  readonly excess: { readonly power: number; readonly latency: number; readonly load: number };
}

/** Judges one candidate: the minibatch of each served workload, and what its runs cost. */
export type Judge = (batches: readonly number[], costs: CandidateCosts) => CandidateJudgement;

const unlimited = -1;

/**
 * A judge of single candidates for one problem, by the functions that also solve it over whole tables.
 *
 * Training, or a backlog, is taken to run: where its minibatch alone breaks a peak budget, power is in excess, although inference
 * would hold without it. Under an average budget as much of it runs as the mean allows. At rate 0 there is no inference, so that the
 * candidate has no batch for it.
 */
export function judgeOf(problem: ModeProblem): Judge {
  switch (problem.kind) {
    case "training":
      return (_, costs) => judgeTraining(problem, costs.training!);
    case "inference":
      return judgeInference(problem);
    case "concurrent": {
      if (problem.inference.ratePerSecond === 0) return (_, { training }) => judgeAlone(training!, 1, problem.budget);
      const demand = turnsDemandOf(problem);
      return ([batch], costs) =>
        judgeTurns(rowOf(batch!, costs.served[0]!, costs.training!, costs), demand, problem.budget);
    }
    case "backlogged": {
      if (problem.inference.ratePerSecond === 0) {
        return ([batch], { served }) => judgeAlone(served[0]!, batch!, problem.budget);
      }
      const demand = turnsDemandOf(problem);
      return ([batch, backlogBatch], costs) => {
        const row = rowOf(batch!, costs.served[0]!, costs.served[1]!, costs);
        const { value, excess } = judgeTurns(row, demand, problem.budget);
        return { value: value * backlogBatch!, excess };
      };
    }
    case "two-inferences":
      return judgeTwo(problem);
    case "rate-schedule":
      throw new Error("a schedule has no single candidates");
  }
}

type ProblemOf<Kind extends ModeProblem["kind"]> = Extract<ModeProblem, { readonly kind: Kind }>;

function judgeTraining(
  { objective, budgetWatts, minibatchSeconds }: ProblemOf<"training">,
  cost: RunCost,
): CandidateJudgement {
  const row = { mode: "", seconds: cost.timeSeconds, watts: cost.powerWatts };
  return {
    value: trainingValues[objective](row),
    excess: {
      power: excessOf(row.watts, budgetWatts),
      latency: excessOf(row.seconds, minibatchSeconds),
      load: unlimited,
    },
  };
}

/** Of several dispatchers the one that breaks least, then the one of the best value. */
function judgeInference(problem: ProblemOf<"inference">): Judge {
  const { dispatchers, objective, budget, highestLoad = 1 } = problem;
  const { ratePerSecond, latencySeconds } = problem.inference;
  const demand = { dispatchers, objective, ratePerSecond, ...(budget && { budget }) };
  return ([batch], { served, idleWatts }) => {
    const row = { mode: "", batch: batch!, seconds: served[0]!.timeSeconds, watts: served[0]!.powerWatts };
    const idle = idleWatts === undefined ? [] : [{ mode: "", watts: idleWatts }];
    const judgements = choicesOf({ ...demand, rows: [row], idle }).map((choice) => ({
      value: inferenceValues[objective](choice),
      excess: {
        power: excessOf(choice.watts, budget?.watts),
        latency: excessOf(choice.latencySeconds, latencySeconds),
        load: excessOf(choice.serviceSeconds, highestLoad * choice.windowSeconds),
      },
    }));
    return judgements.reduce((best, other) => (isBetter(other, best) ? other : best));
  };
}

function isBetter(a: CandidateJudgement, b: CandidateJudgement): boolean {
  const difference = excessSum(a) - excessSum(b);
  return difference === 0 ? a.value < b.value : difference < 0;
}

/** By how much a candidate breaks its limits, in all; 0 when it keeps them. */
export function excessSum({ excess: { power, latency, load } }: CandidateJudgement): number {
  return Math.max(0, power) + Math.max(0, latency) + Math.max(0, load);
}

/** Whether a candidate keeps every limit, up to rounding. */
export function holds({ excess: { power, latency, load } }: CandidateJudgement): boolean {
  return power <= roundingTolerance && latency <= roundingTolerance && load <= roundingTolerance;
}

function rowOf(batch: number, inference: RunCost, training: RunCost, { idleWatts = 0 }: CandidateCosts): JoinedRow {
  return {
    mode: "",
    batch,
    trainingSeconds: training.timeSeconds,
    trainingWatts: training.powerWatts,
    inferenceSeconds: inference.timeSeconds,
    inferenceWatts: inference.powerWatts,
    idleWatts,
    peakWatts: Math.max(training.powerWatts, inference.powerWatts, idleWatts),
    servingWatts: Math.max(inference.powerWatts, idleWatts),
  };
}

function judgeTurns(row: JoinedRow, demand: ConcurrentDemand, budget: PowerBudget): CandidateJudgement {
  const { highestLoad = 1, latencySeconds } = demand;
  const turn = turnOf(row, demand);
  const peak = budget.kind === "peak";
  const minibatches = peak
    ? mostMinibatches(row, turn, demand)
    : Math.max(0, affordableMinibatches(row, demand, budget.watts));
  const watts = peak ? row.peakWatts : meanWattsOf(row, turn, minibatches);
  return {
    value: -minibatches / turn.windowSeconds,
    excess: {
      power: excessOf(watts, budget.watts),
      latency: excessOf(turn.gatherSeconds + turn.serviceSeconds, latencySeconds),
      load: excessOf(turn.serviceSeconds, highestLoad * turn.windowSeconds),
    },
  };
}

/** What runs when no requests come. */
function judgeAlone({ timeSeconds, powerWatts }: RunCost, batch: number, { watts }: PowerBudget): CandidateJudgement {
  const excess = { power: excessOf(powerWatts, watts), latency: unlimited, load: unlimited };
  return { value: -batch / timeSeconds, excess };
}

function judgeTwo({ urgent, nonUrgent, budget, objective }: ProblemOf<"two-inferences">): Judge {
  const demands = { urgentDemand: urgent, nonUrgentDemand: nonUrgent };
  const none = { timeSeconds: 0, powerWatts: 0 };
  return ([urgentBatch, nonUrgentBatch], { training = none, served, idleWatts = 0 }) => {
    const [first, second] = [served[0]!, served[1]!];
    const pair = {
      mode: "",
      urgentBatch: urgentBatch!,
      nonUrgentBatch: nonUrgentBatch!,
      urgentSeconds: first.timeSeconds,
      urgentWatts: first.powerWatts,
      nonUrgentSeconds: second.timeSeconds,
      nonUrgentWatts: second.powerWatts,
      trainingSeconds: training.timeSeconds,
      trainingWatts: training.powerWatts,
      idleWatts,
      peakWatts: Math.max(first.powerWatts, second.powerWatts, training.powerWatts, idleWatts),
    };
    const choice = toTwoInferencesChoice(pair, demands, budget);
    const { urgentLatencySeconds, nonUrgentLatencySeconds } = choice;
    const bounded = Number.isFinite(nonUrgentLatencySeconds);
    const urgentExcess = excessOf(urgentLatencySeconds, urgent.latencySeconds);
    const nonUrgentExcess = bounded ? excessOf(nonUrgentLatencySeconds, nonUrgent.latencySeconds) : unlimited;
    return {
      value: twoInferencesValues[objective](choice),
      excess: {
        power: excessOf(choice.watts, budget.watts),
        latency: Math.max(urgentExcess, nonUrgentExcess),
        load: (bounded ? choice.load : Math.max(choice.load, overloaded)) - 1,
      },
    };
  };
}

function excessOf(used: number, allowed: number | undefined): number {
  return allowed === undefined ? unlimited : used / allowed - 1;
}
