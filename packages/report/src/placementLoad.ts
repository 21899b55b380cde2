import { type Placement, type Plan, partitionFraction } from "@partitune/schema";

/** What a placement takes of the device, and how much of that its demand keeps busy. */
export interface PlacementLoad {
  readonly placement: Placement;
  /** Part of the device, 0 to 1. */
  readonly share: number;
  /** Requests per second it can sustain with its best batch size; null when the plan has no service table for it. */
  readonly capacityPerSecond: number | null;
  /** Rate asked of the workload over the capacity of all its placements; null when there is no demand or no table. */
  readonly utilisation: number | null;
}

/** The load of every placement, in the plan's order. Capacity is the largest batch / occupancy of its service table. */
export function placementLoads(plan: Plan): PlacementLoad[] {
  const capacities = plan.placements.map(({ id }) => capacityOf(plan, id));
  return plan.placements.map((placement, i) => {
    const { workload, partition } = placement.config;
    const total = plan.placements.reduce<number | null>(
      (sum, other, k) =>
        other.config.workload !== workload || sum === null ? sum : addKnown(sum, capacities[k] ?? null),
      0,
    );
    const rate = plan.demands.find((demand) => demand.workload === workload)?.ratePerSecond;
    return {
      placement,
      share: partitionFraction(partition, plan.device),
      capacityPerSecond: capacities[i] ?? null,
      utilisation: rate === undefined || total === null ? null : rate / total,
    };
  });
}

function capacityOf(plan: Plan, id: string): number | null {
  const table = plan.service.find(({ placement }) => placement === id);
  return table === undefined
    ? null
    : Math.max(...table.batches.map(({ batch, occupancySeconds }) => batch / occupancySeconds));
}

function addKnown(sum: number, value: number | null): number | null {
  return value === null ? null : sum + value;
}
