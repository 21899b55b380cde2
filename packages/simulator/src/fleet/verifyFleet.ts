import type { FleetPlan, FleetReport, FleetTrace, Warning } from "@partitune/schema";
import { freshSeeds } from "../seeds.ts";
import { type JudgeFleetOptions, judgeFleet } from "./judgeFleet.ts";

export interface VerifyFleetOptions extends JudgeFleetOptions {
  /** How many fresh seeds to judge on, at least 2; by default 10. */
  readonly seeds?: number;
  /** Names the set of fresh seeds; by default 0. Another one judges on other luck. */
  readonly seed?: string | number;
}

/** A verdict may need many more requests where it is close. */
const multiples = [1 / 4, 1, 4, 16, 64];

/**
 * Judges every promise of a fleet plan on fresh seeds, which no search has seen.
 *
 * A promise is *kept* when the t interval of its mean over the seeds lies on the right side of the target, *broken* when it lies on the wrong
 * one, else *undecided*; so it is with too few requests for the percentile. A growing backlog is never kept. Services without requests keep
 * their deadlines.
 *
 * @returns a report whose traces each tell of one independent part of the fleet on one seed
 * @throws InputError as `simulateFleet`, and when fewer than 2 seeds are asked for
 * @see judgeResponse, judgeThroughput for the rules
 * @example verifyFleet(plan, { seeds: 20 }).checks.every(({ verdict }) => verdict === "kept")
 */
export function verifyFleet(plan: FleetPlan, options: VerifyFleetOptions = {}): FleetReport {
  const { seeds = 10, seed = 0, ...simulation } = options;
  const { checks, traces } = judgeFleet(plan, freshSeeds(seeds, seed), multiples, simulation);
  return {
    kind: "fleet-report",
    version: 1,
    made: { ...(simulation.made ?? plan.made), seed },
    checks,
    traces,
    warnings: saturationWarnings(traces),
    synthetic: plan.synthetic,
  };
}

function saturationWarnings(traces: readonly FleetTrace[]): readonly Warning[] {
  const saturated = traces.flatMap(({ services }) => services).filter((stream) => stream.saturated);
  return [...new Set(saturated.map(({ service }) => service))].map((service) => ({
    code: "saturated",
    where: `service "${service}"`,
    cause: "requests arrive faster than they are answered, or nearly so: the backlog was still growing at the end",
    advice: "give it more or larger pieces, or take a longer run if its load is below its capacity",
  }));
}
