import {
  InputError,
  type KernelFillPlan,
  type KernelOverlap,
  type KernelTrace,
  type Made,
  type Warning,
} from "@partitune/schema";
import { type OverlapPolicyName, overlapPolicies } from "../overlapPolicies/index.ts";
import type { OverlapPolicy, OverlapSettings } from "../overlapPolicies/overlapPolicy.ts";
import { type LowOverlapTask, lowOperators } from "./lowOperators.ts";
import type { OverlapClock, OverlapTask } from "./overlapTask.ts";
import { planPredictions } from "./planPredictions.ts";
import { type OverlapStep, playOverlap } from "./playOverlap.ts";
import { starvationWarnings } from "./starvationWarnings.ts";
import { type ThinkGaps, thinkGaps } from "./thinkGaps.ts";
import { type RecordedStep, toOverlapTrace } from "./toOverlapTrace.ts";

/** Tasks alone on the device, as a plan is made from them. */
export interface OverlapTraces {
  readonly high: KernelTrace;
  /** In the order of the low tasks. */
  readonly low: readonly KernelTrace[];
}

export interface OverlapProgress {
  readonly phase: "record" | "play";
  /** Steps that are done, and how many there are to be. */
  readonly done: number;
  readonly total: number;
}

export interface MeasureOverlapOptions {
  readonly high: OverlapTask;
  /** At least one, on levels 1 to 9; no two tasks share a name. */
  readonly low: readonly LowOverlapTask[];
  readonly clock: OverlapClock;
  /** Waits of the urgent task's host. */
  readonly think: ThinkGaps;
  /** Fixes the lengths of these waits. */
  readonly seed: string;
  /** Steps of each task alone, from which the plan is made; at least 3. */
  readonly recordSteps: number;
  /** Steps of the urgent task under each policy, at least 1. */
  readonly steps: number;
  /** Besides "exclusive" and "greedy", which always run; by default all. */
  readonly policies?: readonly OverlapPolicyName[];
  /** Makes the plan. How, is nobody's business here. */
  readonly plan: (traces: OverlapTraces) => KernelFillPlan;
  /** Operators that each low task keeps in the queue, for "fifo"; by default 8. */
  readonly window?: number;
  /** Execution time of a turn, for "timeslice", ns; by default 1,024 µs. */
  readonly quantum?: number;
  /** No round begins later than so many ns after the first; by default without limit. */
  readonly longest?: number;
  readonly deviceName: string | null;
  readonly made: Made;
  readonly synthetic: boolean;
  /** Ends the measurement after the step that runs; what was measured in whole rounds is kept. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: OverlapProgress) => void;
}

export interface OverlapMeasurement {
  readonly overlap: KernelOverlap;
  readonly plan: KernelFillPlan;
  /** What the plan was made from. */
  readonly traces: OverlapTraces;
  /** The urgent task alone in the rounds that were played: what a simulation of them begins with. */
  readonly alone: KernelTrace;
}

/** Steps of each task that are run first and forgotten: memory is laid out, code compiled. */
const warmUpSteps = 2;

/**
 * Measures how an urgent network and others share a device operator by operator: records each alone, has a plan made, then plays the
 * urgent one's steps under every policy. Policies take turns step by step, in changing order, so that whatever else happens to the
 * machine happens to all of them; each has low tasks of its own, which go on where its step before left them.
 *
 * @throws InputError when tasks share a name, numbers are out of range, or the plan is of other tasks; the reason of the signal when it
 * came before the first round had ended
 */
export async function measureOverlap(options: MeasureOverlapOptions): Promise<OverlapMeasurement> {
  checkOptions(options);
  const traces = await recordAlone(options);
  const plan = options.plan(traces);
  const contenders = chosenPolicies(options);
  const settings = settingsOf(options, plan);
  const { rounds, ended } = await playRounds(options, contenders, settings);
  const outcomes = contenders.map((name, i) => ({
    policy: name,
    title: (overlapPolicies[name] as OverlapPolicy).title(settings),
    steps: rounds.map((round) => toRecord(round.steps[i]!)),
    predicted: null,
  }));
  const alone = rounds.map(({ steps, gaps }) => ({ step: steps[contenders.indexOf("exclusive")]!, gaps }));
  return {
    overlap: {
      ...describe(options, plan),
      outcomes,
      ended,
      warnings: [...thinkWarnings(options), ...starvationWarnings(options.low, settings)],
    },
    plan,
    traces,
    alone: traceOf(options, options.high, alone, thinkWarnings(options)),
  };
}

interface Round {
  readonly gaps: readonly number[];
  /** One per policy. */
  readonly steps: readonly OverlapStep[];
}

async function recordAlone(options: MeasureOverlapOptions): Promise<OverlapTraces> {
  const { high, low, recordSteps, onProgress } = options;
  const total = recordSteps * (1 + low.length);
  const tasks: readonly OverlapTask[] = [high, ...low];
  const recorded: KernelTrace[] = [];
  for (const [i, task] of tasks.entries()) {
    const play = playAlone(options, task);
    const gapsOf = (step: number) =>
      i === 0 ? thinkGaps(options.think, high.rows.length, options.seed, step) : task.rows.map(() => 0);
    for (let step = 0; step < warmUpSteps; step++) await play(task.rows.map(() => 0));
    const steps: RecordedStep[] = [];
    for (let step = 0; step < recordSteps; step++) {
      options.signal?.throwIfAborted();
      const gaps = gapsOf(step);
      steps.push({ gaps, step: await play(gaps) });
      onProgress?.({ phase: "record", done: i * recordSteps + step + 1, total });
    }
    recorded.push(traceOf(options, task, steps, i === 0 ? thinkWarnings(options) : []));
  }
  return { high: recorded[0]!, low: recorded.slice(1) };
}

function playAlone({ clock }: MeasureOverlapOptions, high: OverlapTask) {
  const predictions = { idles: [], executions: [], keys: [] };
  const unused = { minGap: 0, dispatch: 0, feedback: false, maxOverrun: null, predictions, window: 1, quantum: 1 };
  return playOverlap({ clock, high, low: lowOperators([], clock) }, overlapPolicies.exclusive, unused);
}

async function playRounds(
  options: MeasureOverlapOptions,
  contenders: readonly OverlapPolicyName[],
  settings: OverlapSettings,
): Promise<{ readonly rounds: readonly Round[]; readonly ended: KernelOverlap["ended"] }> {
  const { clock, high, steps, recordSteps, signal, longest = Number.POSITIVE_INFINITY, onProgress } = options;
  const plays = contenders.map((name) =>
    playOverlap({ clock, high, low: lowOperators(options.low, clock) }, overlapPolicies[name], settings),
  );
  const deadline = clock.now() + longest;
  const rounds: Round[] = [];
  for (let round = 0; round < steps; round++) {
    if (round > 0 && clock.now() > deadline) return { rounds, ended: "time-over" };
    const gaps = thinkGaps(options.think, high.rows.length, options.seed, recordSteps + round);
    const played: OverlapStep[] = new Array(plays.length);
    for (let turn = 0; turn < plays.length; turn++) {
      if (signal?.aborted === true && rounds.length > 0) return { rounds, ended: "interrupted" };
      signal?.throwIfAborted();
      const which = (round + turn) % plays.length;
      played[which] = await plays[which]!(gaps);
    }
    rounds.push({ gaps, steps: played });
    onProgress?.({ phase: "play", done: rounds.length * plays.length, total: steps * plays.length });
  }
  return { rounds, ended: "complete" };
}

function chosenPolicies({ policies }: MeasureOverlapOptions): readonly OverlapPolicyName[] {
  const all = Object.keys(overlapPolicies) as OverlapPolicyName[];
  const wanted = new Set<OverlapPolicyName>(["exclusive", "greedy", ...(policies ?? all)]);
  return all.filter((name) => wanted.has(name));
}

function settingsOf(
  { high, low, window = 8, quantum = 1_024_000 }: MeasureOverlapOptions,
  plan: KernelFillPlan,
): OverlapSettings {
  const { minGap, dispatch, feedback, maxOverrun } = plan;
  return { minGap, dispatch, feedback, maxOverrun, window, quantum, predictions: planPredictions(plan, high, low) };
}

function toRecord({ starts: _starts, ends: _ends, ...record }: OverlapStep): KernelOverlap["outcomes"][0]["steps"][0] {
  return record;
}

function traceOf(
  { deviceName, made, synthetic }: MeasureOverlapOptions,
  task: OverlapTask,
  steps: readonly RecordedStep[],
  warnings: readonly Warning[],
): KernelTrace {
  return toOverlapTrace(task, steps, { deviceName, made, warnings, synthetic });
}

function thinkWarnings({ high, think }: MeasureOverlapOptions): readonly Warning[] {
  const { every, mean, spread } = think;
  return [
    {
      code: "waits-on-purpose",
      where: high.name,
      cause: `after every ${every}. operator the host waits ${mean / 1000} µs ± ${Math.round(spread * 100)} %, because it was told to`,
      advice: "gaps of a task in service are as long as its own host makes them; trace it there",
    },
  ];
}

function describe(
  options: MeasureOverlapOptions,
  plan: KernelFillPlan,
): Omit<KernelOverlap, "outcomes" | "ended" | "warnings"> {
  const { high, low, think, recordSteps, deviceName, made, synthetic } = options;
  const { key, estimator, executionQuantile, idleQuantile, minGap, dispatch, feedback, maxOverrun } = plan;
  return {
    kind: "kernel-overlap",
    version: 1,
    made,
    deviceName,
    high: { task: high.name, operators: high.rows.length },
    low: low.map(({ name, priority, rows }) => ({ task: name, priority, operators: rows.length })),
    think,
    plan: { key, estimator, executionQuantile, idleQuantile, minGap, dispatch, feedback, maxOverrun },
    recordedSteps: recordSteps,
    synthetic,
  };
}

function checkOptions({ high, low, recordSteps, steps, window = 8, quantum = 1 }: MeasureOverlapOptions): void {
  const names = [high, ...low].map(({ name }) => name);
  const repeated = names.find((name, i) => names.indexOf(name) < i);
  check("low tasks", low.length, low.length >= 1, "at least one");
  check("name of a task", repeated, repeated === undefined, "each task a name of its own");
  for (const { priority } of low)
    check(
      "priority",
      priority,
      Number.isInteger(priority) && priority >= 1 && priority <= 9,
      "a whole number, 1 to 9: 0 is the urgent task's",
    );
  check(
    "recorded steps",
    recordSteps,
    Number.isSafeInteger(recordSteps) && recordSteps >= 3,
    "at least 3: fewer have no quantiles",
  );
  check("steps", steps, Number.isSafeInteger(steps) && steps >= 1, "a whole number of at least 1");
  check("window", window, Number.isSafeInteger(window) && window >= 1, "a whole number of at least 1");
  check("quantum", quantum, Number.isFinite(quantum) && quantum > 0, "more than 0 ns");
}

function check(what: string, value: unknown, fits: boolean, expected: string): void {
  if (!fits) throw new InputError({ what, problem: `is ${JSON.stringify(value)}`, advice: `give ${expected}` });
}
