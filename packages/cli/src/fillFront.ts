import { playKernels, toKernelTask } from "@partitune/simulator";
import {
  defaultQuantilePairs,
  type FilledStep,
  type FillSettings,
  type QuantilePair,
  type QuantilePoint,
  quantileFront,
} from "@partitune/solver";
import { predictHeldOutKernels } from "@partitune/surrogate";
import type { KernelTasks } from "./loadKernelTasks.ts";

/**
 * What caution costs: every held-out step of the urgent task is played under predictions from its other steps, at many pairs of quantiles and at the
 * settings' own.
 */
export function fillFront(
  { high, lows }: KernelTasks,
  settings: Omit<FillSettings, "disableBelowGain">,
  heldOut: readonly number[],
): readonly QuantilePoint[] {
  const { key, estimator, minGap, dispatch, feedback, maxOverrun } = settings;
  const predict = predictHeldOutKernels(high, lows);
  const low = lows.map(({ trace, priority }) => ({
    ...toKernelTask(trace, trace.steps.length - 1),
    priority,
    jobs: null,
  }));
  const play = (pair: QuantilePair, step: number): FilledStep => {
    const predictions = predict({ key, estimator, ...pair })(step);
    const run = playKernels({ scenario: "co-run", high: toKernelTask(high, step), low }, "fill", {
      settings: { minGap, dispatch, feedback, maxOverrun },
      predictions,
    });
    return { delay: run.completion - run.alone, lowWork: run.lowWork };
  };
  return quantileFront({ pairs: pairsWith(settings), heldOut, play });
}

/** The usual pairs, and the one asked for. */
export function pairsWith({
  executionQuantile,
  idleQuantile,
  estimator,
}: QuantilePair & Pick<FillSettings, "estimator">) {
  const own = { executionQuantile, idleQuantile };
  if (estimator === "mean") return [own];
  const isOwn = (pair: QuantilePair) =>
    pair.executionQuantile === executionQuantile && pair.idleQuantile === idleQuantile;
  return defaultQuantilePairs.some(isOwn) ? defaultQuantilePairs : [...defaultQuantilePairs, own];
}
