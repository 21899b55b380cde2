import { InputError, type KernelFillPlan } from "@partitune/schema";

/** What filling did in one held-out step, ns. */
export interface FilledStep {
  /** By which the urgent task ended later than alone. */
  readonly delay: number;
  /** Kernel time of the others meanwhile. */
  readonly lowWork: number;
}

/**
 * What a plan may be expected to do, from held-out steps.
 *
 * @throws InputError when there are none
 */
export function summariseFilling(steps: readonly FilledStep[]): KernelFillPlan["expected"] {
  if (steps.length === 0)
    throw new InputError({
      what: "held-out steps",
      problem: "are missing",
      advice: "play at least one step that the profile does not rest on",
    });
  const delays = steps.map(({ delay }) => delay);
  const works = steps.map(({ lowWork }) => lowWork);
  return {
    steps: steps.length,
    delay: { mean: mean(delays), longest: Math.max(...delays) },
    filled: { mean: mean(works), least: Math.min(...works) },
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
