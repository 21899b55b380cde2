import {
  type Fraction,
  InputError,
  type Made,
  type ModeProblem,
  type ModeSchedule,
  type Reason,
  type Seconds,
} from "@partitune/schema";
import type { SingleProblem } from "./budgetUse.ts";
import { defaultModeMargin } from "./chooseHolding.ts";
import { measureOn } from "./measureOn.ts";
import { answerProblem } from "./problems/answerProblem.ts";
import type { RatePeriod } from "./problems/rateSchedule.ts";
import type { ModeSource } from "./searchModes.ts";
import type { ModeGrid, Observation } from "./strategies/strategy.ts";
import { tablesOf } from "./strategies/tablesOf.ts";
import { toModeSchedule } from "./toModeSchedule.ts";

type Concurrent = Extract<SingleProblem, { readonly kind: "concurrent" }>;

/** What a schedule is made from. */
export interface ScheduleRequest {
  readonly problem: Concurrent;
  readonly grid: ModeGrid;
  /** What a search for the highest rate has measured. */
  readonly observations: readonly Observation[];
  readonly periods: readonly RatePeriod[];
  /** Time in which nothing runs when the mode changes. */
  readonly modeChangeSeconds: Seconds;
  /** By default 0.02. */
  readonly margin?: Fraction;
  readonly made: Made;
}

/**
 * The problem to search for before a schedule: that of the highest rate.
 *
 * @throws InputError when the problem is another than training beside inference
 */
export function atHighestRate(problem: SingleProblem, periods: readonly RatePeriod[]): Concurrent {
  if (problem.kind === "concurrent") {
    const ratePerSecond = Math.max(...periods.map((period) => period.ratePerSecond));
    return { ...problem, inference: { ...problem.inference, ratePerSecond } };
  }
  throw new InputError({
    what: "a schedule of periods",
    problem: `is for training beside one inference, and the problem is of kind "${problem.kind}"`,
    advice: "name one workload to train and one to serve",
  });
}

/**
 * Modes for changing rates, from the modes that a search has measured: the minibatches still missing there are measured, no further mode is.
 *
 * @returns the schedule, or per period why nothing serves it
 */
export async function scheduleModes(
  source: ModeSource,
  request: ScheduleRequest,
): Promise<ModeSchedule | readonly Reason[]> {
  const { grid, periods, modeChangeSeconds, margin = defaultModeMargin, made } = request;
  const { kind: _, inference, ...turns } = request.problem;
  const { ratePerSecond: __, ...served } = inference;
  const observations = await completeBatches(source, request);
  const tables = tablesOf({ observations }, grid);
  const problem: Extract<ModeProblem, { readonly kind: "rate-schedule" }> = {
    ...turns,
    kind: "rate-schedule",
    inference: served,
    periods,
    modeChangeSeconds,
  };
  const answer = answerProblem(problem, tables, margin);
  if (answer.status !== "optimal" || answer.choice.kind !== "rate-schedule") {
    return answer.status === "infeasible" ? answer.reasons : [];
  }
  const { device, workloads } = source;
  const context = { device, workloads, tables, margin };
  return toModeSchedule(problem, answer.choice, context, {
    made,
    synthetic: device.synthetic,
    repeat: true,
  });
}

/** Measures the batches that are missing in modes in which the training is measured. */
async function completeBatches(
  source: ModeSource,
  { problem, grid, observations }: ScheduleRequest,
): Promise<readonly Observation[]> {
  const measure = measureOn(source.measure, source.workloads, grid, problem);
  const { workload, batches } = problem.inference;
  const known = new Set(observations.map(({ run }) => keyOf(run.mode, run.batch)));
  const trained = observations.filter(({ run }) => run.workload === problem.training).map(({ run }) => run.mode);
  const added: Observation[] = [];
  for (const mode of trained) {
    for (const batch of batches.filter((size) => !known.has(keyOf(mode, size)))) {
      const run = { mode, workload, batch };
      const outcome = await measure(run);
      if ("timeSeconds" in outcome) added.push({ run, ...outcome });
    }
  }
  return [...observations, ...added];
}

function keyOf(mode: number, batch: number | null): string {
  return `${mode} ${batch}`;
}
