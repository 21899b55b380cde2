import type { ModeProblem, ModeSchedule } from "@partitune/schema";
import { modeTurnsOf, type TurnsContext } from "./modeTurns.ts";
import type { RateSchedule } from "./problems/rateSchedule.ts";
import type { PlanOrigin } from "./toModePlan.ts";

/**
 * A schedule's choices as plans in time, each with the promises of its period's rate.
 *
 * @param repeat  whether it starts again after the last period
 * @throws InputError as modeTurnsOf
 */
export function toModeSchedule(
  problem: Extract<ModeProblem, { readonly kind: "rate-schedule" }>,
  { choices }: RateSchedule,
  context: TurnsContext,
  { made, synthetic, repeat }: PlanOrigin & { readonly repeat: boolean },
): ModeSchedule {
  const { periods, modeChangeSeconds, inference, kind: _, ...rest } = problem;
  const names = new Set([problem.training, inference.workload]);
  return {
    kind: "mode-schedule",
    version: 1,
    made,
    device: context.device,
    workloads: context.workloads.filter(({ name }) => names.has(name)),
    modeChangeSeconds,
    periods: periods.map(({ seconds, ratePerSecond }, i) => {
      const period = { ...rest, kind: "concurrent", inference: { ...inference, ratePerSecond } } as const;
      return { ...modeTurnsOf(period, { kind: "concurrent", ...choices[i]! }, context), seconds };
    }),
    repeat,
    synthetic: synthetic || context.device.synthetic,
  };
}
