import type { Joules, Seconds, Watts } from "@partitune/schema";
import { formatSeconds } from "../formatQuantity.ts";
import type { Answer } from "./answer.ts";
import { type Limit, leastMissing, nothingMeasured, reasonsAgainst } from "./limits.ts";
import { checkPositive, checkRows, type TrainingRow } from "./rows.ts";
import { within } from "./within.ts";
import { drawsTooMuch, nameNearest } from "./words.ts";

/** Which power mode to train in. */
export interface TrainingProblem {
  readonly rows: readonly TrainingRow[];
  /** What to minimise: time, energy or power of a minibatch. */
  readonly objective: "time" | "energy" | "power";
  /** Power the mode may draw. */
  readonly budgetWatts?: Watts;
  /** Time a minibatch may take. */
  readonly minibatchSeconds?: Seconds;
}

export interface TrainingChoice {
  readonly mode: string;
  readonly seconds: Seconds;
  readonly watts: Watts;
  /** Energy of one minibatch. */
  readonly joules: Joules;
}

/** Values within half a percent are equal to a measurement: the hungrier of two such modes buys nothing. */
const tie = 1.005;

/** What is minimised, by objective. */
export const trainingValues = {
  time: ({ seconds }: TrainingRow) => seconds,
  energy: ({ seconds, watts }: TrainingRow) => seconds * watts,
  power: ({ watts }: TrainingRow) => watts,
} as const satisfies Record<TrainingProblem["objective"], (row: TrainingRow) => number>;

/**
 * The mode that trains best within the limits; of modes within 0.5 % of the best one, that of least power.
 *
 * @returns the choice with its value (s, J or W), or the mode that misses the limits least; O(rows)
 * @throws InputError when rows repeat, or a number is not above 0
 * @example training({ rows, objective: "time", budgetWatts: 20 })
 */
export function training(problem: TrainingProblem): Answer<TrainingChoice> {
  checkRows("training", problem.rows);
  const limits = limitsOf(problem);
  const admitted = problem.rows.filter((row) => limits.every((limit) => within(limit.used(row), limit.allowed(row))));
  const worth = trainingValues[problem.objective];
  const best = admitted.reduce((least, row) => Math.min(least, worth(row)), Number.POSITIVE_INFINITY);
  const chosen = leastWatts(admitted.filter((row) => worth(row) <= best * tie));
  if (chosen === undefined) return refuse(problem.rows, limits);
  return { status: "optimal", choice: toChoice(chosen), value: worth(chosen), reasons: [] };
}

/**
 * The fastest mode under each of many power budgets, as {@link training} chooses it, from one sort by power.
 *
 * @param budgetsWatts  in any order
 * @returns a choice per budget, in the same order; undefined where no mode fits; O(rows log rows + budgets · modes on the front)
 */
export function trainingSweep(
  rows: readonly TrainingRow[],
  budgetsWatts: readonly Watts[],
): readonly (TrainingChoice | undefined)[] {
  checkRows("training", rows);
  const front: TrainingRow[] = [];
  for (const row of rows.toSorted((a, b) => a.watts - b.watts || a.seconds - b.seconds)) {
    if (front.length === 0 || row.seconds < front.at(-1)!.seconds) front.push(row);
  }
  return budgetsWatts.map((budget) => {
    const fastest = front.findLast(({ watts }) => within(watts, budget));
    const chosen = fastest && front.find(({ seconds }) => seconds <= fastest.seconds * tie);
    return chosen && toChoice(chosen);
  });
}

function limitsOf({ budgetWatts, minibatchSeconds }: TrainingProblem): readonly Limit<TrainingRow>[] {
  const limits: Limit<TrainingRow>[] = [];
  if (budgetWatts !== undefined) limits.push(powerLimit(budgetWatts));
  if (minibatchSeconds !== undefined) limits.push(timeLimit(minibatchSeconds));
  return limits;
}

function powerLimit(budgetWatts: Watts): Limit<TrainingRow> {
  checkPositive("the power budget", "a value", budgetWatts, "W");
  return {
    workload: null,
    constraint: "power",
    used: ({ watts }) => watts,
    allowed: () => budgetWatts,
    says: drawsTooMuch,
    advice: "raise the budget or measure lower modes",
  };
}

function timeLimit(minibatchSeconds: Seconds): Limit<TrainingRow> {
  checkPositive("the time limit of a minibatch", "a value", minibatchSeconds, "s");
  return {
    workload: null,
    constraint: "time",
    used: ({ seconds }) => seconds,
    allowed: () => minibatchSeconds,
    says: (used, allowed) => `takes ${formatSeconds(used)} for a minibatch where ${formatSeconds(allowed)} are allowed`,
    advice: "allow more time or measure higher modes",
  };
}

function leastWatts(rows: readonly TrainingRow[]): TrainingRow | undefined {
  let least: TrainingRow | undefined;
  for (const row of rows) {
    const equal = row.watts === least?.watts && row.seconds < least.seconds;
    if (least === undefined || row.watts < least.watts || equal) least = row;
  }
  return least;
}

function refuse(rows: readonly TrainingRow[], limits: readonly Limit<TrainingRow>[]): Answer<TrainingChoice> {
  const nearest = leastMissing(rows, limits);
  if (nearest === null) {
    return { status: "infeasible", nearest, reasons: [nothingMeasured("no power mode is measured for training")] };
  }
  const reasons = reasonsAgainst(nearest, nameNearest(nearest.mode), limits);
  return { status: "infeasible", nearest: toChoice(nearest), reasons };
}

function toChoice({ mode, seconds, watts }: TrainingRow): TrainingChoice {
  return { mode, seconds, watts, joules: seconds * watts };
}
