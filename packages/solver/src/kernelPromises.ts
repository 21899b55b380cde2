import {
  type FilledTask,
  InputError,
  type KernelFillPlan,
  type KernelIdentity,
  type KernelKey,
  type KernelProfile,
  kernelText,
  type PlanPromise,
  type Seconds,
} from "@partitune/schema";
import { toNanoseconds } from "./toNanoseconds.ts";

/** How often the urgent task of a fill plan runs, and by when. */
export interface KernelDemand {
  /** Least time between two of its steps. */
  readonly periodSeconds: Seconds;
  /** From the time at which its first operation could run; at most the period. By default the period. */
  readonly deadlineSeconds?: Seconds;
}

/** Worst response of the urgent task, and what it is made of. */
export interface KernelBound {
  readonly task: string;
  /** Ours, supported by an argument and by simulation; nobody else has proved it. */
  readonly proof: "simulated";
  /** Response when only what the plan predicts to fit is started in gaps, s. */
  readonly boundSeconds: Seconds;
  /** Response when any operation may start in any gap, as with stream priorities alone, s. */
  readonly unguardedSeconds: Seconds;
  /** Operations of a step, each as long as it ever was, s. */
  readonly workSeconds: Seconds;
  /** Idle time of a step, each gap as long as it ever was, s. */
  readonly idleSeconds: Seconds;
  /** Gaps in which the plan may start something. */
  readonly filledGaps: number;
  readonly meets: boolean;
  readonly why: string;
}

export interface KernelPromises {
  readonly bound: KernelBound;
  /** For the plan: its response-time bound as a promise; empty when the deadline may be missed. */
  readonly promises: readonly PlanPromise[];
}

/**
 * What a fill plan can promise its urgent task: the host-gap bound C + S + Σ B of a task that nobody precedes. B is the longest wait for an operation of
 * the others: once at arrival for any of them, and after each gap for those that the plan predicts to fit in it, handing over included.
 *
 * It holds as long as no operation and no gap is longer than the longest that was seen, steps do not overlap, and the device is as it was; where a trace
 * has few steps, that is no more than a good guess.
 *
 * @param plan  whose tables a scheduler obeys
 * @param high  profile of its urgent task, which knows the longest gaps
 * @throws InputError when the profile is of another task, gaps are not known, or a time is out of range
 */
export function kernelPromises(
  plan: Pick<KernelFillPlan, "tasks" | "dispatch" | "minGap" | "maxOverrun">,
  high: KernelProfile,
  demand: KernelDemand,
): KernelPromises {
  const urgent = checkTask(plan, high);
  const deadline = checkDeadline(high.task, demand);
  const positions = positionsOf(high);
  const work = sum(positions.map(({ executions }) => executions.at(-1)!));
  const idles = positions.map((position) => position.idles.at(-1) ?? 0);
  const others = operationsOfOthers(plan);
  const waits = guardedWaits(plan, plannedGaps(urgent, high), others);
  const anyWait = waitFor(others);
  const alone = work + sum(idles);
  const bound = alone + anyWait + limitWaits(waits, plan.maxOverrun);
  const meets = bound <= deadline;
  return {
    bound: {
      task: high.task,
      proof: "simulated",
      boundSeconds: bound / 1e9,
      unguardedSeconds: (alone + anyWait * (1 + idles.filter((idle) => idle > 0).length)) / 1e9,
      workSeconds: work / 1e9,
      idleSeconds: (alone - work) / 1e9,
      filledGaps: waits.filter((wait) => wait > 0).length,
      meets,
      why: `"${high.task}" takes at most ${inMilliseconds(alone)} alone and ${inMilliseconds(bound)} with its gaps filled, ${meets ? "within" : "beyond"} its deadline of ${inMilliseconds(deadline)} (host-gap bound over ${high.steps} steps, supported by simulation)`,
    },
    promises: meets ? [toPromise(high.task, deadline / 1e9, bound / 1e9)] : [],
  };
}

/** Filling stops for a step once it was held up by the limit; what had begun then still ends. */
function limitWaits(waits: readonly number[], maxOverrun: number | null): number {
  const all = sum(waits);
  const longest = waits.reduce((most, wait) => Math.max(most, wait), 0);
  return maxOverrun === null ? all : Math.min(all, maxOverrun + longest);
}

interface OtherOperation {
  readonly planned: number;
  /** Handing over included. */
  readonly longest: number;
}

/** Operations of the other tasks; those without a prediction of their own are predicted by their identity. */
function operationsOfOthers({
  tasks,
  dispatch,
}: Pick<KernelFillPlan, "tasks" | "dispatch">): readonly OtherOperation[] {
  return tasks
    .filter(({ role }) => role === "low")
    .flatMap(({ table }) =>
      table.map(({ execution: { planned, longest } }) => ({ planned, longest: longest + dispatch })),
    );
}

function waitFor(operations: readonly OtherOperation[]): number {
  return operations.reduce((most, { longest }) => Math.max(most, longest - 1), 0);
}

/** Longest wait after each operation of the urgent task, for what the plan predicts to fit behind it. */
function guardedWaits(
  { dispatch, minGap }: Pick<KernelFillPlan, "dispatch" | "minGap">,
  gaps: readonly number[],
  others: readonly OtherOperation[],
): readonly number[] {
  return gaps.map((gap) =>
    gap < minGap || gap === 0 ? 0 : waitFor(others.filter(({ planned }) => planned + dispatch <= gap)),
  );
}

/** Gap that the plan predicts after each operation of a step: by its own key, else by its identity, else none. */
function plannedGaps({ identities, table }: FilledTask, high: KernelProfile): readonly number[] {
  const keyOf = (identity: KernelIdentity, occurrence: number | null) => `${kernelText(identity)} ${occurrence}`;
  const planned = new Map(
    table.map(({ identity, occurrence, idle }) => [keyOf(identities[identity]!, occurrence), idle?.planned ?? 0]),
  );
  return positionsOf(high).map(({ identity, occurrence }) => {
    const known = high.identities[identity]!;
    return planned.get(keyOf(known, occurrence)) ?? planned.get(keyOf(known, null)) ?? 0;
  });
}

/** Operations of a step. Where steps differ, those of all of them. */
function positionsOf({ keys }: KernelProfile): readonly KernelKey[] {
  return keys.filter(({ occurrence }) => occurrence !== null);
}

function checkTask(plan: Pick<KernelFillPlan, "tasks">, high: KernelProfile): FilledTask {
  const urgent = plan.tasks.find(({ role, name }) => role === "high" && name === high.task);
  if (urgent === undefined)
    throw new InputError({
      what: `"${high.task}"`,
      problem: "is not the urgent task of the plan",
      advice: `give the profile of ${plan.tasks.flatMap(({ role, name }) => (role === "high" ? [`"${name}"`] : [])).join(", ")}`,
    });
  if (high.keys.every(({ idles }) => idles.length === 0) && positionsOf(high).length > 1)
    throw new InputError({
      what: `"${high.task}"`,
      problem: "has execution times only, so its gaps are not known",
      advice: "trace it with starts and ends",
    });
  return urgent;
}

function checkDeadline(task: string, { periodSeconds, deadlineSeconds = periodSeconds }: KernelDemand): number {
  const period = toNanoseconds(periodSeconds, "down", `period of "${task}"`);
  const deadline = toNanoseconds(deadlineSeconds, "down", `deadline of "${task}"`);
  if (deadline > period || deadline === 0)
    throw new InputError({
      what: `deadline of "${task}"`,
      problem: `is ${deadlineSeconds} s with a period of ${periodSeconds} s`,
      advice: "give one above 0 s and within the period",
    });
  return deadline;
}

function toPromise(task: string, deadlineSeconds: Seconds, boundSeconds: Seconds): PlanPromise {
  return {
    id: `${task} response bound`,
    subject: task,
    metric: "response_s",
    percentile: 1,
    relation: "at-most",
    target: deadlineSeconds,
    predicted: { value: boundSeconds, low: null, high: boundSeconds },
  };
}

function inMilliseconds(nanoseconds: number): string {
  return `${Number((nanoseconds / 1e6).toPrecision(6))} ms`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
