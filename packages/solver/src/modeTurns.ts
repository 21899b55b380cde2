import {
  type BackgroundJob,
  type Device,
  type Estimate,
  type Fraction,
  InputError,
  type MinibatchCost,
  type ModePromise,
  type ModeTurns,
  powerModesOf,
  type ServedInference,
  type Workload,
} from "@partitune/schema";
import type { SingleChoice, SingleProblem } from "./budgetUse.ts";
import type { ProblemTables } from "./problems/answerProblem.ts";
import { dispatchers } from "./problems/dispatchers.ts";
import { rowOfName } from "./rowOfName.ts";

/** What a plan needs beside the choice. */
export interface TurnsContext {
  readonly device: Device;
  /** All that the problem names. */
  readonly workloads: readonly Workload[];
  /** The rows that the choice was made from. */
  readonly tables: ProblemTables;
  /** Part of what training or a backlog reaches that is not promised. */
  readonly margin: Fraction;
}

type ProblemOf<Kind extends SingleProblem["kind"]> = Extract<SingleProblem, { readonly kind: Kind }>;
type ChoiceOf<Kind extends SingleChoice["kind"]> = Extract<SingleChoice, { readonly kind: Kind }>;

/** What runs, without the mode and what it promises of power. */
interface Running {
  readonly inferences: readonly { readonly served: ServedInference; readonly promise: ModePromise | null }[];
  readonly background: { readonly job: BackgroundJob; readonly perSecond: number } | null;
}

/**
 * A choice as workloads that take turns: which mode to set, what is gathered and served, what runs in between by which rule, and what
 * that promises: the worst response of each inference workload, the throughput of what runs beside, and the power of the budget.
 *
 * Where a full minibatch is waited for, it is waited for no longer than half of what the promise leaves after it should be full: random
 * requests may take any time to fill it.
 *
 * Nobody demands a throughput of training; what is promised is what it reaches, less the margin.
 *
 * @throws InputError when the device lacks the mode, a workload is missing, or its rows are
 */
export function modeTurnsOf(problem: SingleProblem, choice: SingleChoice, context: TurnsContext): ModeTurns {
  const name = rowOfName(problem, choice.mode).powerMode;
  const powerMode = powerModesOf(context.device).find((mode) => mode.name === name);
  if (powerMode === undefined) {
    const advice = "plan for the device that was measured";
    throw new InputError({
      what: `power mode "${name}"`,
      problem: `is none of device "${context.device.name}"`,
      advice,
    });
  }
  const { inferences, background } = runningOf(problem, choice, context);
  const responses = inferences.map(({ promise }) => promise).filter((promise) => promise !== null);
  return {
    powerMode,
    inferences: inferences.map(({ served }) => served),
    background: background?.job ?? null,
    idleWatts: context.tables.idle.find(({ mode }) => mode === choice.mode)?.watts ?? null,
    changeoverSeconds: "changeoverSeconds" in problem ? (problem.changeoverSeconds ?? 0) : 0,
    promises: [
      ...responses,
      ...(background === null ? [] : [throughputPromise(background, context.margin)]),
      ...powerPromises(problem, choice, context.device),
    ],
  };
}

function runningOf(problem: SingleProblem, choice: SingleChoice, context: TurnsContext): Running {
  if (problem.kind === "training" && choice.kind === "training") return trainingAlone(problem, choice, context);
  if (problem.kind === "inference" && choice.kind === "inference") {
    const { inference } = problem;
    const inferences = [serve(inference, { ...choice, responseSeconds: choice.latencySeconds }, context)];
    return { inferences, background: null };
  }
  if (problem.kind === "concurrent" && choice.kind === "concurrent") {
    const cost = costIn(context.tables.training.get(problem.training), choice.mode, problem.training);
    return turns(
      problem,
      choice,
      { workload: problem.training, batch: trainingBatch(problem.training, context), cost },
      context,
    );
  }
  if (problem.kind === "backlogged" && choice.kind === "backlogged") {
    const { workload } = problem.backlog;
    const cost = costOfBatch(workload, choice.backlogBatch, choice.mode, context);
    return turns(problem, choice, { workload, batch: choice.backlogBatch, cost }, context);
  }
  if (problem.kind === "two-inferences" && choice.kind === "two-inferences")
    return twoBehindEachOther(problem, choice, context);
  throw new Error(`a choice of kind "${choice.kind}" answers no problem of kind "${problem.kind}"`);
}

function trainingAlone(problem: ProblemOf<"training">, choice: ChoiceOf<"training">, context: TurnsContext): Running {
  const { run = "batch" } = workloadNamed(problem.training, context);
  const { batch } = rowOfName(problem, choice.mode);
  const samples = batch === null || run === "epoch" ? 1 : batch; // where batches are chosen, times are those of a sample
  const beside = {
    workload: problem.training,
    batch: batch ?? trainingBatch(problem.training, context),
    cost: { seconds: choice.seconds * samples, watts: choice.watts },
  };
  return { inferences: [], background: alone(beside) };
}

interface Beside {
  readonly workload: string;
  readonly batch: number;
  readonly cost: MinibatchCost;
}

/** Nothing else runs, so nothing is waited for. */
function alone({ workload, batch, cost }: Beside): NonNullable<Running["background"]> {
  const job = {
    workload,
    batch,
    policy: "greedy",
    toleratedSeconds: 0,
    highestPerWindow: null,
    expected: cost,
  } as const;
  return { job, perSecond: 1 / cost.seconds };
}

function turns(
  problem: ProblemOf<"concurrent" | "backlogged">,
  choice: ChoiceOf<"concurrent" | "backlogged">,
  beside: Beside,
  context: TurnsContext,
): Running {
  const { batch, windowSeconds, latencySeconds, minibatchesPerWindow, toleratedSeconds, trainingRate } = choice;
  if (batch === null || windowSeconds === null || latencySeconds === null) {
    return { inferences: [], background: alone(beside) };
  }
  const { dispatcher, inference, policy, budget } = problem;
  const service = { batch, dispatcher, windowSeconds, mode: choice.mode, responseSeconds: latencySeconds };
  const inferences = [serve(inference, service, context)];
  if (trainingRate === 0) return { inferences, background: null };
  const job: BackgroundJob = {
    workload: beside.workload,
    batch: beside.batch,
    policy,
    toleratedSeconds,
    highestPerWindow: budget.kind === "average" ? minibatchesPerWindow : null,
    expected: beside.cost,
  };
  return { inferences, background: { job, perSecond: trainingRate } };
}

function twoBehindEachOther(
  problem: ProblemOf<"two-inferences">,
  choice: ChoiceOf<"two-inferences">,
  context: TurnsContext,
): Running {
  const { urgent, nonUrgent, training, budget } = problem;
  const { mode, trainingRate } = choice;
  const windowed = (demand: typeof urgent, batch: number, responseSeconds: number) =>
    serve(
      demand,
      { mode, batch, responseSeconds, dispatcher: "windowed", windowSeconds: batch / demand.ratePerSecond },
      context,
    );
  const inferences = [
    windowed(urgent, choice.urgentBatch, choice.urgentLatencySeconds),
    windowed(nonUrgent, choice.nonUrgentBatch, choice.nonUrgentLatencySeconds),
  ];
  if (training === undefined || trainingRate === 0) return { inferences, background: null };
  const expected = costIn(context.tables.training.get(training), mode, training);
  const job: BackgroundJob = {
    workload: training,
    batch: trainingBatch(training, context),
    policy: "greedy",
    toleratedSeconds: expected.seconds,
    highestPerWindow: budget.kind === "average" ? (trainingRate * choice.urgentBatch) / urgent.ratePerSecond : null,
    expected,
  };
  return { inferences, background: { job, perSecond: trainingRate } };
}

interface Service {
  readonly mode: string;
  readonly batch: number;
  readonly dispatcher: ServedInference["dispatcher"];
  readonly windowSeconds: number;
  readonly responseSeconds: number;
}

function serve(
  demand: { readonly workload: string; readonly ratePerSecond: number; readonly latencySeconds?: number | undefined },
  { mode, batch, dispatcher, windowSeconds, responseSeconds }: Service,
  context: TurnsContext,
): Running["inferences"][number] {
  const { workload, ratePerSecond, latencySeconds } = demand;
  const expected = costOfBatch(workload, batch, mode, context);
  return {
    served: {
      workload,
      ratePerSecond,
      batch,
      dispatcher,
      windowSeconds,
      ...(dispatcher === "on-full" &&
        batch > 1 &&
        latencySeconds !== undefined && {
          timeoutSeconds:
            dispatchers[dispatcher](batch, ratePerSecond) + Math.max(0, latencySeconds - responseSeconds) / 2,
        }),
      expected,
    },
    promise:
      latencySeconds === undefined
        ? null
        : {
            id: `${workload} response`,
            subject: workload,
            metric: "worst_response_s",
            relation: "at-most",
            target: latencySeconds,
            predicted: expect(responseSeconds),
          },
  };
}

function throughputPromise({ job, perSecond }: NonNullable<Running["background"]>, margin: Fraction): ModePromise {
  return {
    id: `${job.workload} throughput`,
    subject: job.workload,
    metric: "throughput_per_s",
    relation: "at-least",
    target: (1 - margin) * perSecond,
    predicted: expect(perSecond),
  };
}

function powerPromises(problem: SingleProblem, { watts }: SingleChoice, device: Device): readonly ModePromise[] {
  const budget =
    problem.kind !== "training"
      ? problem.budget
      : problem.budgetWatts === undefined
        ? undefined
        : ({ kind: "peak", watts: problem.budgetWatts } as const);
  if (budget === undefined) return [];
  return [
    {
      id: `${budget.kind} power`,
      subject: device.name,
      metric: budget.kind === "peak" ? "peak_power_w" : "mean_power_w",
      relation: "at-most",
      target: budget.watts,
      predicted: expect(watts),
    },
  ];
}

/** What measurements add up to; how far it may be off is what `holds` says. */
function expect(value: number): Estimate {
  return { value, low: null, high: null };
}

function costOfBatch(workload: string, batch: number, mode: string, { tables }: TurnsContext): MinibatchCost {
  const rows = tables.inference.get(workload)?.filter((row) => row.batch === batch);
  return costIn(rows, mode, `${workload} with batch ${batch}`);
}

function costIn(
  rows: readonly { readonly mode: string; readonly seconds: number; readonly watts: number }[] | undefined,
  mode: string,
  what: string,
): MinibatchCost {
  const row = rows?.find((candidate) => candidate.mode === mode);
  if (row !== undefined) return { seconds: row.seconds, watts: row.watts };
  const advice = "give the tables that the choice was made from";
  throw new InputError({ what, problem: `is not measured in mode "${mode}"`, advice });
}

function workloadNamed(name: string, { workloads }: TurnsContext): Workload {
  const workload = workloads.find((candidate) => candidate.name === name);
  if (workload !== undefined) return workload;
  const advice = "give the workloads that the problem names";
  throw new InputError({ what: `workload "${name}"`, problem: "is not described", advice });
}

function trainingBatch(name: string, context: TurnsContext): number {
  const { batches } = workloadNamed(name, context);
  if (batches.length === 1) return batches[0]!;
  throw new InputError({
    what: `training "${name}"`,
    problem: `has batches of ${batches.join(", ")}`,
    advice: "give the workload with the one batch that was measured",
  });
}
