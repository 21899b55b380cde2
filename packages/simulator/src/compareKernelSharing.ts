import { paretoFront } from "@partitune/numerics";
import { InputError, type KernelSharing, type KernelTrace, type Made } from "@partitune/schema";
import type { KernelGame, KernelPredictions, KernelRun } from "./kernelGame.ts";
import { type KernelOptions, toKernelSettings } from "./kernelSettings.ts";
import { type KernelPolicyName, kernelPolicies } from "./kernels/index.ts";
import { type PreparedKernels, playPrepared, prepareKernels } from "./playKernels.ts";
import { outcomeOf } from "./summariseKernelRuns.ts";
import { toKernelTask } from "./toKernelTask.ts";

/** A task whose operations may run while the urgent one leaves the device idle. */
export interface LowTrace {
  readonly trace: KernelTrace;
  /** 0 (first) to 9. */
  readonly priority: number;
  /** How often it runs its step; null, without end, for a co-run. */
  readonly jobs: number | null;
  /** The step that it runs; by default the last. */
  readonly step?: number;
}

/** What a scheduler believes when a step of the urgent task is played, from the others; by the index of that step. */
export type PredictKernels = (heldOut: number) => KernelPredictions;

/** One way of sharing that is tried. */
export interface KernelContender {
  readonly policy: KernelPolicyName;
  /** It in words; by default the policy's own, from its settings. */
  readonly title?: string;
  /** Beyond those of the comparison. */
  readonly settings?: Omit<KernelOptions, "minGap" | "dispatch">;
  /** What filling rests on; unless its settings say `oracle`, it needs it. */
  readonly predict?: PredictKernels;
}

export interface CompareKernelSharingInput {
  readonly scenario: KernelSharing["scenario"];
  readonly high: KernelTrace;
  readonly low: readonly LowTrace[];
  /** Steps of the urgent task that are played, one by one; by default all. */
  readonly heldOut?: readonly number[];
  /** When the urgent task arrives, ns; only for preemption. */
  readonly arrival?: number;
  readonly contenders: readonly KernelContender[];
  /** What speed-ups are relative to: the first outcome of this policy; by default time slices. */
  readonly default?: KernelPolicyName;
  /** Of all contenders. */
  readonly settings?: KernelOptions;
  /** Filling at pairs of quantiles; by default none. */
  readonly front?: readonly {
    readonly executionQuantile: number;
    readonly idleQuantile: number;
    readonly predict: PredictKernels;
  }[];
  readonly made: Made;
}

/**
 * Plays the same tasks under several ways of sharing the device. Each held-out step is a game of its own; numbers are means over them.
 *
 * Stream priorities alone and the default way are always among the outcomes: they cost nothing to deploy.
 *
 * @returns outcomes in the order of the contenders, then those that were added
 * @throws InputError when the gaps of the urgent task are not known, steps are missing, filling has no predictions; and as playKernels
 */
export function compareKernelSharing(input: CompareKernelSharingInput): KernelSharing {
  const { scenario, high, low, default: standard = "timeslice", front = [], made } = input;
  const heldOut = input.heldOut ?? high.steps.map((_, step) => step);
  checkComparison(high, heldOut);
  const games = heldOut.map((step) => prepareKernels(gameOf(input, step)));
  const contenders = withUsual(input.contenders, standard);
  const runs = contenders.map((contender) => playContender(input, contender, heldOut, games));
  const usual = runs[contenders.findIndex(({ policy }) => policy === standard)]!;
  const { minGap, dispatch } = toKernelSettings(input.settings ?? {});
  return {
    kind: "kernel-sharing",
    version: 1,
    made,
    scenario,
    high: high.task,
    low: low.map(({ trace, priority, jobs }) => ({ task: trace.task, priority, jobs })),
    default: standard,
    heldOut,
    minGap,
    dispatch,
    outcomes: contenders.map((contender, i) => ({
      policy: contender.policy,
      title: titleOf(input, contender),
      ...outcomeOf(runs[i]!, usual, scenario),
    })),
    front: playFront(input, front, heldOut, games),
    synthetic: high.synthetic || low.some(({ trace }) => trace.synthetic),
  };
}

function checkComparison({ task, gapsKnown, steps }: KernelTrace, heldOut: readonly number[]): void {
  if (!gapsKnown)
    throw new InputError({
      what: `"${task}"`,
      problem: "has execution times alone, so its gaps are not known",
      advice: "trace it with starts and ends, or let it be one of the others",
    });
  if (heldOut.length === 0 || new Set(heldOut).size < heldOut.length)
    throw new InputError({
      what: `held-out steps of "${task}"`,
      problem: `are ${JSON.stringify(heldOut)}`,
      advice: `name each of its ${steps.length} steps at most once, and at least one`,
    });
}

function gameOf({ scenario, high, low, arrival }: CompareKernelSharingInput, step: number): KernelGame {
  return {
    scenario,
    high: toKernelTask(high, step),
    low: low.map(({ trace, priority, jobs, step: own = trace.steps.length - 1 }) => ({
      ...toKernelTask(trace, own),
      priority,
      jobs,
    })),
    ...(arrival === undefined ? {} : { arrival }),
  };
}

function withUsual(contenders: readonly KernelContender[], standard: KernelPolicyName): readonly KernelContender[] {
  const usual: readonly KernelPolicyName[] = standard === "greedy" ? ["greedy"] : ["greedy", standard];
  const missing = usual.filter((name) => contenders.every(({ policy }) => policy !== name));
  return [...contenders, ...missing.map((policy) => ({ policy }))];
}

function settingsOf({ settings, high }: CompareKernelSharingInput, contender: KernelContender): KernelOptions {
  const { multiprocessors } = high;
  const orion = {
    ...(multiprocessors === null ? {} : { multiprocessors }),
    ...settings?.orion,
    ...contender.settings?.orion,
  };
  return { ...settings, ...contender.settings, orion };
}

function titleOf(input: CompareKernelSharingInput, contender: KernelContender): string {
  return contender.title ?? kernelPolicies[contender.policy].title(toKernelSettings(settingsOf(input, contender)));
}

function playContender(
  input: CompareKernelSharingInput,
  contender: KernelContender,
  heldOut: readonly number[],
  games: readonly PreparedKernels[],
): readonly KernelRun[] {
  const { policy, predict } = contender;
  const settings = settingsOf(input, contender);
  if (policy === "fill" && predict === undefined && settings.oracle !== true)
    throw new InputError({
      what: `"${titleOf(input, contender)}"`,
      problem: "has no predictions to fill gaps by",
      advice: 'give "predict", or say "oracle" to have all times known',
    });
  return heldOut.map((step, i) =>
    playPrepared(games[i]!, policy, { settings, ...(predict === undefined ? {} : { predictions: predict(step) }) }),
  );
}

function playFront(
  input: CompareKernelSharingInput,
  pairs: NonNullable<CompareKernelSharingInput["front"]>,
  heldOut: readonly number[],
  games: readonly PreparedKernels[],
): KernelSharing["front"] {
  const points = pairs.map(({ executionQuantile, idleQuantile, predict }) => {
    const runs = playContender(input, { policy: "fill", predict }, heldOut, games);
    const { delay, lowWork } = outcomeOf(runs, runs, input.scenario);
    return { executionQuantile, idleQuantile, delay, lowWork };
  });
  const efficient = new Set(paretoFront(points.map(({ delay, lowWork }) => [delay, -lowWork])));
  return points.map((point, i) => ({ ...point, efficient: efficient.has(i) }));
}
