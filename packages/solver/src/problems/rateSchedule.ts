import { InputError, type PerSecond, type Reason, type Seconds } from "@partitune/schema";
import type { Answer } from "./answer.ts";
import { checkDemand } from "./checkDemand.ts";
import { choicesWithin } from "./choicesWithin.ts";
import { checkPolicy, concurrent } from "./concurrent.ts";
import type { ConcurrentChoice } from "./concurrentChoice.ts";
import { type ConcurrentTables, joinRows } from "./joinRows.ts";
import type { PowerBudget } from "./powerBudget.ts";
import { checkPositive } from "./rows.ts";
import { bestPath, type PeriodStates } from "./schedulePath.ts";
import type { ConcurrentDemand } from "./turns.ts";

/** A stretch of time in which requests come at one rate. */
export interface RatePeriod {
  readonly seconds: Seconds;
  /** A high quantile of the rate in parts of the period: the promise is kept up to it. */
  readonly ratePerSecond: PerSecond;
}

/** Which mode and inference minibatch to use in each of several periods, from the modes that are measured already. */
export interface RateScheduleProblem extends ConcurrentTables, Omit<ConcurrentDemand, "ratePerSecond"> {
  readonly periods: readonly RatePeriod[];
  readonly budget: PowerBudget;
  /** Time in which nothing runs when the power mode changes; a change of the minibatch alone takes none. */
  readonly modeChangeSeconds: Seconds;
}

export interface RateSchedule {
  /** One choice per period, in their order. */
  readonly choices: readonly ConcurrentChoice[];
  /** Training minibatches over all periods, those lost to mode changes taken off. */
  readonly minibatches: number;
  /** How often the power mode changes. */
  readonly modeChanges: number;
}

/**
 * The schedule that trains most over all periods, each within latency and power; of equals the one of least energy.
 *
 * A mode change costs the training of `modeChangeSeconds`, so a mode is kept where changing would gain less. At a change the
 * minibatch that is being gathered is served in the old mode; the first one after it still keeps the promise, or the change is
 * not made.
 *
 * @returns the schedule with its value (minibatches), or a reason per period that nothing serves. O(periods · n log n) for n
 *   pairs of rows
 * @throws InputError when rows repeat, a number is out of range, or there is no period
 */
export function rateSchedule(problem: RateScheduleProblem): Answer<RateSchedule> {
  check(problem);
  const rows = joinRows(problem);
  const periods = problem.periods.map(({ seconds, ratePerSecond }): PeriodStates => {
    const demand = { ...problem, ratePerSecond };
    return {
      seconds,
      choices: ratePerSecond > 0 ? choicesWithin(rows, demand, problem.budget) : trainingOnly(problem),
    };
  });
  const missing = periods.flatMap(({ choices }, i) => (choices.length === 0 ? explain(problem, i) : []));
  if (missing.length > 0) return { status: "infeasible", nearest: null, reasons: missing };
  const { choices, minibatches, stuckAt } = bestPath(periods, problem.latencySeconds, problem.modeChangeSeconds);
  if (stuckAt !== null) return { status: "infeasible", nearest: null, reasons: [noChange(stuckAt)] };
  const modeChanges = choices.filter(({ mode }, i) => i > 0 && mode !== choices[i - 1]!.mode).length;
  return { status: "optimal", choice: { choices, minibatches, modeChanges }, value: minibatches, reasons: [] };
}

function check(problem: RateScheduleProblem): void {
  const { periods, modeChangeSeconds } = problem;
  if (periods.length === 0) {
    throw new InputError({ what: "the schedule", problem: "has no periods", advice: "give at least one" });
  }
  if (modeChangeSeconds !== 0) checkPositive("the mode change", "a time", modeChangeSeconds, "s");
  checkPolicy({ ...problem, ratePerSecond: 0 });
  for (const [i, { seconds, ratePerSecond }] of periods.entries()) {
    checkPositive(nameOf(i), "a length", seconds, "s");
    checkDemand(nameOf(i), { ...problem, ratePerSecond });
  }
}

function nameOf(period: number): string {
  return `period ${period + 1}`;
}

/** Without requests training has the device for itself, in any mode that the budget allows. */
function trainingOnly({ training, budget }: RateScheduleProblem): readonly ConcurrentChoice[] {
  return training
    .filter(({ watts }) => watts <= budget.watts)
    .map(({ mode, seconds, watts }) => ({
      mode,
      batch: null,
      windowSeconds: null,
      latencySeconds: null,
      toleratedSeconds: seconds,
      minibatchesPerWindow: null,
      trainingRate: 1 / seconds,
      load: 0,
      watts,
    }));
}

function explain(problem: RateScheduleProblem, period: number): readonly Reason[] {
  const answer = concurrent({ ...problem, ratePerSecond: problem.periods[period]!.ratePerSecond });
  return answer.reasons.map((reason) => ({ ...reason, text: `${nameOf(period)}: ${reason.text}` }));
}

function noChange(period: number): Reason {
  return {
    workload: "inference",
    constraint: "mode change",
    missing: 1,
    text: `${nameOf(period)}: no choice of the period before leads to one of this without breaking the promise; promise a longer latency`,
  };
}
