import { isValid, type Plan, type Profile, partitionFraction } from "@partitune/schema";
import { isAloneAtCapacity } from "./measuredCells.ts";

/** How much of a device the demands take, as planned and with the default configuration. */
export interface PlanNeeds {
  /** Sum of the plan's shares, 1 is the whole device. */
  readonly planned: number;
  /** Sum of rate / throughput of the default configuration: 1.3 means that 1.3 devices are kept busy all the time. */
  readonly byDefault: number;
  /** The same with each workload's slowest and fastest round. */
  readonly byDefaultRange: readonly [number, number];
  /** Rounds behind it, of the workload with the fewest. */
  readonly rounds: number;
}

/**
 * Compares a plan with running every workload in the default configuration, one after the other on the whole device.
 *
 * @returns null when the default configuration of a demanded workload was not measured
 */
export function planNeeds(plan: Plan, profile: Profile): PlanNeeds | null {
  const throughputs = plan.demands.map((demand) => baselineThroughputs(profile, demand.workload));
  if (throughputs.length === 0 || throughputs.some((values) => values.length === 0)) return null;
  const sum = (choose: (values: readonly number[]) => number) =>
    plan.demands.reduce((total, { ratePerSecond }, i) => total + ratePerSecond / choose(throughputs[i]!), 0);
  return {
    planned: plan.placements.reduce((total, { config }) => total + partitionFraction(config.partition, plan.device), 0),
    byDefault: sum((values) => values[Math.floor((values.length - 1) / 2)]!),
    byDefaultRange: [sum((values) => values.at(-1)!), sum((values) => values[0]!)],
    rounds: Math.min(...throughputs.map((values) => values.length)),
  };
}

/** Requests per second of the default configuration in every valid round, ascending. */
function baselineThroughputs(profile: Profile, workload: string): number[] {
  return profile.measurements
    .filter((row) => row.baseline && row.point.config.workload === workload && isValid(row) && isAloneAtCapacity(row))
    .flatMap(({ outcome }) => (outcome.kind === "measured" ? [outcome.results.throughputPerSecond] : []))
    .filter((throughput) => throughput > 0)
    .sort((a, b) => a - b);
}
