import type { Plan } from "@partitune/schema";
import { checkPromise } from "./checkPromise.ts";
import { offeredRates } from "./offeredRates.ts";
import { searchSeeds } from "./seeds.ts";
import type { SimulateOptions } from "./simulate.ts";
import { simulateSeeds } from "./simulateSeeds.ts";

export interface AcceptOptions extends Omit<SimulateOptions, "seed" | "made"> {
  /** How many search seeds to try a plan on, at least 2; by default 5. */
  readonly seeds?: number;
  /** Names the set of search seeds; by default 0. */
  readonly seed?: string | number;
}

/** Why a plan is not accepted. */
export interface Rejection {
  /** The workloads, of a fleet plan the services, whose promises a simulation does not bear out. */
  readonly reject: readonly string[];
  readonly reason: string;
}

/**
 * Tries a plan while plans are still searched for. It is handed to a solver as a callback, so that neither knows the other.
 *
 * A workload is rejected unless all its promises of response time and throughput are kept on the search seeds. Those are never the seeds
 * that `verify` judges on.
 *
 * @returns true, or the workloads at fault
 * @throws InputError as `simulate`
 * @example solve(problem, { accept: (plan) => accept(plan) })
 */
export function accept(plan: Plan, options: AcceptOptions = {}): true | Rejection {
  const { seeds = 5, seed = 0, ...simulation } = options;
  const traces = simulateSeeds(plan, searchSeeds(seeds, seed), simulation);
  const rates = offeredRates(plan, simulation.arrivals);
  const failed = plan.promises
    .filter((promise) => promise.metric === "response_s" || promise.metric === "throughput_per_s")
    .map((promise) => checkPromise(plan, promise, traces, rates, null))
    .filter((check) => check.verdict !== "kept");
  if (failed.length === 0) return true;
  return {
    reject: [...new Set(failed.map((check) => check.promise.subject))],
    reason: failed.map((check) => `"${check.promise.subject}": ${check.why}`).join("; "),
  };
}
