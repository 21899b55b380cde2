import type { FleetPlan } from "@partitune/schema";
import type { Rejection } from "../accept.ts";
import { searchSeeds } from "../seeds.ts";
import { type JudgeFleetOptions, judgeFleet } from "./judgeFleet.ts";

export interface AcceptFleetOptions extends Omit<JudgeFleetOptions, "made"> {
  /** How many search seeds to try a plan on, at least 2; by default 8. */
  readonly seeds?: number;
  /** Names the set of search seeds; by default 0. */
  readonly seed?: string | number;
}

/** Most services are clear at a glance; only close ones are watched for longer. */
const multiples = [1 / 16, 1 / 4, 1, 4];

/**
 * Tries a fleet plan while plans are still searched for. It is handed to a solver as a callback, so that neither knows the other.
 *
 * A service is rejected unless all its promises of response time and throughput are kept on the search seeds. Those are never the seeds
 * that `verifyFleet` judges on.
 *
 * @returns true, or the services at fault
 * @throws InputError as `simulateFleet`
 * @example const verdict = acceptFleet(plan);  if (verdict !== true) raiseHeadroom(verdict.reject)
 */
export function acceptFleet(plan: FleetPlan, options: AcceptFleetOptions = {}): true | Rejection {
  const { seeds = 8, seed = 0, ...simulation } = options;
  const { checks } = judgeFleet(plan, searchSeeds(seeds, seed), multiples, simulation);
  const failed = checks.filter(
    ({ promise, verdict }) =>
      (promise.metric === "response_s" || promise.metric === "throughput_per_s") && verdict !== "kept",
  );
  if (failed.length === 0) return true;
  return {
    reject: [...new Set(failed.map(({ promise }) => promise.subject))],
    reason: failed.map(({ promise, why }) => `"${promise.subject}": ${why}`).join("; "),
  };
}
