import type { Holding, Made, ModePlan } from "@partitune/schema";
import type { SingleChoice, SingleProblem } from "./budgetUse.ts";
import { modeTurnsOf, type TurnsContext } from "./modeTurns.ts";
import { workloadsOf } from "./workloadsOf.ts";

/** What a plan says of how it came to be. */
export interface PlanOrigin {
  readonly made: Made;
  /** Whether it rests on synthetic measurements; what a synthetic device measures always is. */
  readonly synthetic: boolean;
}

/**
 * A choice as a plan that can be deployed: the mode in full, what runs in it by which rule, and what that promises.
 *
 * @param holds  how likely it is to hold, or null when that is not known
 * @throws InputError as modeTurnsOf
 */
export function toModePlan(
  problem: SingleProblem,
  choice: SingleChoice,
  context: TurnsContext,
  { made, synthetic, holds }: PlanOrigin & { readonly holds: Holding | null },
): ModePlan {
  const { training, served } = workloadsOf(problem);
  const names = new Set([training, ...served.map(({ workload }) => workload)]);
  return {
    kind: "mode-plan",
    version: 1,
    made,
    device: context.device,
    workloads: context.workloads.filter(({ name }) => names.has(name)),
    ...modeTurnsOf(problem, choice, context),
    holds,
    synthetic: synthetic || context.device.synthetic,
  };
}
