import type { Plan } from "@partitune/schema";

/**
 * The same workloads with nothing that keeps them apart: every placement on the whole device, with a thread for every core. To be emitted
 * `oversubscribed`, as they take more than there is.
 */
export function unpartitionedPlan(plan: Plan): Plan {
  return {
    ...plan,
    placements: plan.placements.map((placement) => ({
      ...placement,
      config: { ...placement.config, partition: { kind: "whole" } },
      threads: plan.device.cores,
    })),
  };
}
