import { InputError, type Reason, type Seconds, type Watts } from "@partitune/schema";
import { formatSeconds } from "../formatQuantity.ts";
import type { Answer } from "./answer.ts";
import { bestUnderAverage } from "./bestUnderAverage.ts";
import { checkDemand } from "./checkDemand.ts";
import { type ConcurrentChoice, toConcurrentChoice } from "./concurrentChoice.ts";
import { concurrentSweep } from "./concurrentSweep.ts";
import { type ConcurrentTables, type JoinedRow, joinRows } from "./joinRows.ts";
import { leastPowerServing } from "./leastPowerServing.ts";
import { type Limit, leastMissing, nothingMeasured, reasonsAgainst } from "./limits.ts";
import type { PowerBudget } from "./powerBudget.ts";
import { checkPositive } from "./rows.ts";
import { training } from "./training.ts";
import { type ConcurrentDemand, idleSecondsOf, meanWattsOf, toleranceOf, turnOf } from "./turns.ts";
import { answersTooLate, drawsTooMuch, nameNearest } from "./words.ts";

/** Which power mode and inference minibatch to train beside inference with, taking turns. */
export interface ConcurrentProblem extends ConcurrentTables, ConcurrentDemand {
  readonly budget: PowerBudget;
}

/**
 * The mode and inference minibatch that train most beside inference, within latency and power; of equals those of least power,
 * then of least latency.
 *
 * Per window one inference minibatch runs, then training minibatches; none is interrupted. Under an average budget training may
 * run less than there is time for. Where inference holds but training never fits, the answer says so and draws least power.
 *
 * @returns the choice with its value (training minibatches/s), or the choice that misses the limits least; O(n log n) for n
 *   pairs of rows
 * @throws InputError when rows repeat, a number is out of range, or the policy needs what the dispatcher cannot know
 */
export function concurrent(problem: ConcurrentProblem): Answer<ConcurrentChoice> {
  checkDemand("inference beside training", problem);
  checkPolicy(problem);
  if (problem.ratePerSecond === 0) return trainAlone(problem);
  const rows = joinRows(problem);
  const best = bestOf(rows, problem);
  if (best !== undefined) return { status: "optimal", choice: best, value: best.trainingRate, reasons: [] };
  const serving = leastPowerServing(rows, problem, problem.budget);
  if (serving !== undefined) {
    return { status: "optimal", choice: serving, value: 0, reasons: explainStarving(rows, problem) };
  }
  return refuse(rows, problem);
}

/**
 * Refuses a policy that needs to know when the next minibatch will be ready with a dispatcher that cannot tell.
 *
 * @throws InputError
 */
export function checkPolicy({ policy, dispatcher, changeoverSeconds = 0 }: ConcurrentDemand): void {
  if (changeoverSeconds !== 0) checkPositive("the changeover", "a time", changeoverSeconds, "s");
  if (dispatcher === "windowed" || policy === "greedy") return;
  throw new InputError({
    what: `policy "${policy}"`,
    problem: `does not know when dispatcher "${dispatcher}" will have a minibatch ready`,
    advice: 'use dispatcher "windowed" or policy "greedy"',
  });
}

function bestOf(rows: readonly JoinedRow[], problem: ConcurrentProblem): ConcurrentChoice | undefined {
  if (problem.budget.kind === "average") return bestUnderAverage(rows, problem, problem.budget.watts);
  return concurrentSweep(rows, problem, [problem.budget.watts])[0];
}

/** Without requests there is no window to count in, so the training minibatch itself must keep the budget. */
function trainAlone(problem: ConcurrentProblem): Answer<ConcurrentChoice> {
  const answer = training({ rows: problem.training, objective: "time", budgetWatts: problem.budget.watts });
  const toChoice = ({ mode, seconds, watts }: { mode: string; seconds: Seconds; watts: Watts }) => ({
    mode,
    batch: null,
    windowSeconds: null,
    latencySeconds: null,
    toleratedSeconds: 0,
    minibatchesPerWindow: null,
    trainingRate: 1 / seconds,
    load: 0,
    watts,
  });
  if (answer.status === "infeasible") return { ...answer, nearest: answer.nearest && toChoice(answer.nearest) };
  const choice = toChoice(answer.choice);
  return { status: "optimal", choice, value: choice.trainingRate, reasons: [] };
}

/** What inference alone must keep. */
function servingLimits(problem: ConcurrentProblem): readonly Limit<JoinedRow>[] {
  const { highestLoad = 1, latencySeconds, budget } = problem;
  return [
    {
      workload: "inference",
      constraint: "load",
      used: (row) => turnOf(row, problem).serviceSeconds,
      allowed: (row) => highestLoad * turnOf(row, problem).windowSeconds,
      says: (used, allowed) =>
        `takes ${formatSeconds(used)} for a minibatch where ${formatSeconds(allowed)} are left until the next`,
      advice: "lower the rate or measure larger batches and higher modes",
    },
    {
      workload: "inference",
      constraint: "latency",
      used: (row) => turnOf(row, problem).gatherSeconds + turnOf(row, problem).serviceSeconds,
      allowed: () => latencySeconds,
      says: answersTooLate,
      advice: latencyAdvice(problem),
    },
    {
      workload: null,
      constraint: "power",
      used: (row) => (budget.kind === "peak" ? row.servingWatts : meanWattsOf(row, turnOf(row, problem), 0)),
      allowed: () => budget.watts,
      says: drawsTooMuch,
      advice: "raise the budget or measure lower modes",
    },
  ];
}

function latencyAdvice({ dispatcher, ratePerSecond, latencySeconds }: ConcurrentProblem): string {
  return dispatcher === "windowed" && latencySeconds <= 1 / ratePerSecond
    ? "a window of one request is longer than that already, so dispatch on full batches or promise more"
    : "promise a longer latency or measure smaller batches and higher modes";
}

/** What training must find beside inference that holds: power, and room before the next inference minibatch may start. */
function trainingLimits(problem: ConcurrentProblem): readonly Limit<JoinedRow>[] {
  const power: Limit<JoinedRow> = {
    workload: "training",
    constraint: "power",
    used: (row) => (problem.budget.kind === "peak" ? row.peakWatts : meanWattsOf(row, turnOf(row, problem), 1)),
    allowed: () => problem.budget.watts,
    says: drawsTooMuch,
    advice: "raise the budget or measure lower modes",
  };
  const room: Limit<JoinedRow> = {
    workload: "training",
    constraint: "room",
    used: (row) => turnOf(row, problem).serviceSeconds + row.trainingSeconds,
    allowed: (row) => turnOf(row, problem).serviceSeconds + roomOf(row, problem),
    says: (used, allowed) =>
      `needs ${formatSeconds(used)} for an inference and a training minibatch where ${formatSeconds(allowed)} are left`,
    advice: "promise a longer latency or train with smaller minibatches",
  };
  return [power, room];
}

/** Longest training minibatch that could ever start: greedy needs all of it as slack, the others also have the idle time. */
function roomOf(row: JoinedRow, problem: ConcurrentProblem): Seconds {
  const turn = turnOf(row, problem);
  if (idleSecondsOf(turn) === 0) return 0;
  const spare = Math.max(0, problem.latencySeconds - turn.gatherSeconds - turn.serviceSeconds);
  if (problem.policy === "greedy") return spare;
  return idleSecondsOf(turn) + (toleranceOf(row, turn, problem) ?? 0);
}

function explainStarving(rows: readonly JoinedRow[], problem: ConcurrentProblem): readonly Reason[] {
  const limits = [...servingLimits(problem), ...trainingLimits(problem)];
  const nearest = leastMissing(rows, limits)!;
  return reasonsAgainst(nearest, `training starves: ${nameNearest(nearest.mode, nearest.batch)}`, limits);
}

function refuse(rows: readonly JoinedRow[], problem: ConcurrentProblem): Answer<ConcurrentChoice> {
  const limits = servingLimits(problem);
  const nearest = leastMissing(rows, limits);
  if (nearest === null) {
    const reason = nothingMeasured("no power mode is measured for everything that is to run");
    return { status: "infeasible", nearest, reasons: [reason] };
  }
  return {
    status: "infeasible",
    nearest: toConcurrentChoice(nearest, problem, 0, problem.budget.kind),
    reasons: reasonsAgainst(nearest, nameNearest(nearest.mode, nearest.batch), limits),
  };
}
