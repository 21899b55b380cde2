import type { OverlapTraces } from "@partitune/profiler";
import type { KernelFillPlan, Made } from "@partitune/schema";
import { playKernels, toKernelTask } from "@partitune/simulator";
import { type FillSettings, summariseFilling, toFillPlan } from "@partitune/solver";
import { buildKernelProfile, predictHeldOutKernels } from "@partitune/surrogate";

export interface PlanOverlapOptions {
  /** Levels of the low tasks, in their order. */
  readonly priorities: readonly number[];
  readonly settings: Omit<FillSettings, "disableBelowGain">;
  readonly made: Made;
}

/** A fill plan from what was recorded of each task alone; what it is expected to do is simulated, each recorded step from the others. */
export function planOverlap({ high, low }: OverlapTraces, options: PlanOverlapOptions): KernelFillPlan {
  const { priorities, settings, made } = options;
  const { minGap, dispatch, maxOverrun } = settings;
  const predict = predictHeldOutKernels(
    high,
    low.map((trace) => ({ trace })),
  )(settings);
  const others = low.map((trace, i) => {
    return { ...toKernelTask(trace, trace.steps.length - 1), priority: priorities[i]!, jobs: null };
  });
  const steps = high.steps.map((_, step) => {
    const game = { scenario: "co-run", high: toKernelTask(high, step), low: others } as const;
    const run = { settings: { minGap, dispatch, maxOverrun }, predictions: predict(step) };
    const { completion, alone, lowWork } = playKernels(game, "fill", run);
    return { delay: completion - alone, lowWork };
  });
  return toFillPlan({
    high: buildKernelProfile(high, { made }),
    lows: low.map((trace, i) => ({ profile: buildKernelProfile(trace, { made }), priority: priorities[i]! })),
    settings,
    expected: summariseFilling(steps),
    made,
  });
}
