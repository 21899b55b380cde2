import type { KernelKey, KernelTrace } from "@partitune/schema";
import { profiledSteps } from "./buildKernelProfile.ts";
import { collectKernelKeys } from "./collectKernelKeys.ts";
import type { KernelEstimator } from "./kernelEstimator.ts";
import { predictKernels } from "./predictKernels.ts";

/** What a scheduler believes of one step of an urgent task and of what runs beside it, ns. */
export interface HeldOutKernels {
  /** Idle time after each operation of the urgent task. */
  readonly idles: readonly number[];
  /** Execution times of the operations of each other task. */
  readonly durations: readonly (readonly number[])[];
  /** Operations of the urgent task with the same number share one prediction. */
  readonly keys: readonly number[];
}

/**
 * Predictions of every step of an urgent task from its other steps, under any estimator.
 *
 * The others are predicted at the step that they run, by default their last, from their other steps; a task with one recorded step from itself,
 * since there is nothing else.
 *
 * @param warmupSteps  first steps of the urgent task that predict nothing; by default none
 * @returns a function of an estimator, which gives a function of the held-out step's index
 * @throws InputError when a step does not exist, or none is left to predict from; both when called
 * @example predictHeldOutKernels(high, [{ trace: low }])({ idleQuantile: 0.25 })(5).idles
 */
export function predictHeldOutKernels(
  high: KernelTrace,
  lows: readonly { readonly trace: KernelTrace; readonly step?: number }[],
  { warmupSteps = 0 }: { readonly warmupSteps?: number } = {},
): (estimator?: Partial<KernelEstimator>) => (heldOut: number) => HeldOutKernels {
  const highKeys = new Map<number, readonly KernelKey[]>();
  const keysWithout = (heldOut: number) => {
    const keys = highKeys.get(heldOut) ?? keysOf(high, { warmupSteps, without: [heldOut] });
    highKeys.set(heldOut, keys);
    return keys;
  };
  const lowKeys = lows.map(({ trace, step = trace.steps.length - 1 }) =>
    keysOf(trace, { without: trace.steps.length === 1 ? [] : [step] }),
  );
  return (estimator = {}) => {
    const durations = lows.map(
      ({ trace, step = trace.steps.length - 1 }, i) =>
        predictKernels({ identities: trace.identities, keys: lowKeys[i]! }, trace.steps[step]!, estimator).executions,
    );
    return (heldOut) => {
      const profile = { identities: high.identities, keys: keysWithout(heldOut) };
      const { idles, keys } = predictKernels(profile, high.steps[heldOut]!, estimator);
      return { idles, durations, keys };
    };
  };
}

function keysOf(trace: KernelTrace, left: { warmupSteps?: number; without: readonly number[] }): readonly KernelKey[] {
  return collectKernelKeys(profiledSteps(trace, left), trace.gapsKnown);
}
