import { InputError, type KernelProfile, type KernelStep, type KernelTrace, type Made } from "@partitune/schema";
import { collectKernelKeys } from "./collectKernelKeys.ts";
import { compareSequences } from "./compareSequences.ts";
import { judgeKernelGain } from "./judgeKernelGain.ts";
import { kernelSpread } from "./kernelSpread.ts";
import { kernelWarnings } from "./kernelWarnings.ts";

export interface KernelProfileOptions {
  readonly made: Made;
  /** First steps that are left out; by default none. */
  readonly warmupSteps?: number;
  /** Steps that are left out because they are to be predicted, by their index in the trace. */
  readonly without?: readonly number[];
  /**
   * Gaps that are shorter are not worth filling, ns: the least gap that is filled, what handing over an operation costs, and the shortest
   * operation that could fill it, together. By default 25 µs: 20 µs and 5 µs.
   */
  readonly minGap?: number;
}

/**
 * What the operations of a task take, and how long the device is idle after each, from the steps of its trace.
 *
 * Samples stand under two keys: an identity at its n-th occurrence in a step, which tells apart what the plain identity confuses, and the
 * identity alone, for operations that no step has shown at that occurrence. They are kept, not averaged.
 *
 * @throws InputError when no step is left, steps that are left out do not exist, nothing takes time, or columns name no identity
 */
export function buildKernelProfile(trace: KernelTrace, options: KernelProfileOptions): KernelProfile {
  const { minGap = 25_000, made } = options;
  if (!Number.isSafeInteger(minGap) || minGap < 0)
    throw new InputError({
      what: '"minGap"',
      problem: `is ${minGap}`,
      advice: "give a whole number of ns, at least 0",
    });
  const steps = profiledSteps(trace, options);
  checkSteps(trace, steps);
  const keys = collectKernelKeys(steps, trace.gapsKnown);
  const sequence = compareSequences(steps);
  const { task, format, deviceName, identities, synthetic } = trace;
  return {
    kind: "kernel-profile",
    version: 1,
    made,
    task,
    format,
    deviceName,
    identities,
    keys,
    steps: steps.length,
    operationsPerStep: steps.reduce((total, step) => total + step.identities.length, 0) / steps.length,
    sequence,
    spread: kernelSpread(keys),
    ...judgeKernelGain(trace, steps, minGap),
    minGap,
    warnings: kernelWarnings(trace, steps, sequence),
    synthetic,
  };
}

/**
 * Steps that a profile rests on.
 *
 * @throws InputError when none is left, or one that is left out does not exist
 */
export function profiledSteps(
  { task, steps }: KernelTrace,
  { warmupSteps = 0, without = [] }: Pick<KernelProfileOptions, "warmupSteps" | "without">,
): readonly KernelStep[] {
  if (!Number.isSafeInteger(warmupSteps) || warmupSteps < 0)
    throw new InputError({
      what: '"warmupSteps"',
      problem: `is ${warmupSteps}`,
      advice: "give a whole number of at least 0",
    });
  const stranger = without.find((step) => steps[step] === undefined);
  if (stranger !== undefined)
    throw new InputError({
      what: `step ${stranger} of "${task}"`,
      problem: "is to be left out, and does not exist",
      advice: `it has ${steps.length}, counted from 0`,
    });
  const left = steps.filter((_, step) => step >= warmupSteps && !without.includes(step));
  if (left.length > 0) return left;
  throw new InputError({
    what: `"${task}"`,
    problem: `has ${steps.length} ${steps.length === 1 ? "step" : "steps"}, and all are left out`,
    advice: "record more of them, or leave out fewer",
  });
}

function checkSteps({ task, identities }: KernelTrace, steps: readonly KernelStep[]): void {
  const named = new Set(steps.flatMap((step) => step.identities));
  const stranger = [...named].find((identity) => identities[identity] === undefined);
  if (stranger !== undefined)
    throw new InputError({
      what: `identity ${stranger} of "${task}"`,
      problem: "does not exist",
      advice: `it has ${identities.length}, counted from 0; import the trace again`,
    });
  if (steps.some(({ durations }) => durations.some((duration) => duration > 0))) return;
  throw new InputError({
    what: `"${task}"`,
    problem: "runs nothing that takes time",
    advice: "record its operations on the device",
  });
}
