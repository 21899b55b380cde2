import type { FleetPlan, PlanPromise, Seconds } from "@partitune/schema";
import type { Rejection } from "../accept.ts";
import { checkConfidence } from "../checkConfidence.ts";
import type { Finding } from "../evidence.ts";
import { searchSeeds } from "../seeds.ts";
import type { Fleet } from "./fleet.ts";
import { type FleetPart, independentParts } from "./independentParts.ts";
import type { JudgeFleetOptions } from "./judgeFleet.ts";
import { judgeLateness } from "./judgeLateness.ts";
import { latenessOf } from "./lateness.ts";
import { fleetWindow } from "./simulateFleet.ts";
import { toFleet } from "./toFleet.ts";

export interface AcceptFleetOptions extends Omit<JudgeFleetOptions, "made"> {
  /** How many search seeds to try a plan on, at least 2; by default 8. */
  readonly seeds?: number;
  /** Names the set of search seeds; by default 0. */
  readonly seed?: string | number;
}

/** Most services are clear at a glance; only close ones are watched for longer. */
const multiples = [1 / 16, 1 / 4, 1, 4, 16];

/**
 * Tries a fleet plan while plans are still searched for. It is handed to a solver as a callback, so that neither knows the other.
 *
 * A service is rejected unless all its promises of response time and throughput are kept on the search seeds. Those are never the seeds
 * that `verifyFleet` judges on. Instead of percentiles it looks at the part of the requests that are late, which asks the same and is told by
 * far fewer requests where a promise is kept by a margin.
 *
 * @returns true, or the services at fault
 * @throws InputError as `simulateFleet`
 * @see judgeLateness for the rule
 * @example const verdict = acceptFleet(plan);  if (verdict !== true) raiseHeadroom(verdict.reject)
 */
export function acceptFleet(plan: FleetPlan, options: AcceptFleetOptions = {}): true | Rejection {
  const { seeds = 8, seed = 0, ...load } = options;
  checkConfidence(load.confidence ?? 0.99);
  const fleets = searchSeeds(seeds, seed).map((each) => toSeeded(plan, each, load));
  const faults = fleets[0]!.parts.flatMap((_, i) => faultsOf(plan, fleets, i, load));
  if (faults.length === 0) return true;
  return {
    reject: [...new Set(faults.map(({ promise }) => promise.subject))],
    reason: faults.map(({ promise, why }) => `"${promise.subject}": ${why}`).join("; "),
  };
}

interface Seeded {
  readonly fleet: Fleet;
  readonly parts: readonly FleetPart[];
}

type Load = Omit<AcceptFleetOptions, "seed" | "seeds">;

function toSeeded(plan: FleetPlan, seed: string, load: Load): Seeded {
  const fleet = toFleet(plan, load, seed);
  return { fleet, parts: independentParts(fleet) };
}

interface Judged extends Finding {
  readonly promise: PlanPromise;
}

/** The promises of one independent part that are not kept; it is watched for longer until all are decided. */
function faultsOf(plan: FleetPlan, fleets: readonly Seeded[], at: number, load: Load): readonly Judged[] {
  const { confidence = 0.99 } = load;
  const { fleet, parts } = fleets[0]!;
  const { services } = parts[at]!;
  const own = services.map((index) => ({ index, promises: judgedPromises(plan, fleet.services[index]!.name) }));
  const targets: (readonly Seconds[])[] = fleet.services.map(() => []);
  for (const { index, promises } of own) targets[index] = promises.map(({ target }) => target);
  let judged: readonly Judged[] = [];
  let last = 0;
  for (const multiple of multiples) {
    const window = fleetWindow(plan, fleet, load, confidence, services, multiple);
    if (window.end <= last) break;
    last = window.end;
    const runs = fleets.map((each) => latenessOf(each.parts[at]!, window, targets));
    judged = own.flatMap(({ index, promises }) => {
      const { ratePerSecond } = fleet.services[index]!;
      if (ratePerSecond === 0) return [];
      const seconds = window.end - window.start;
      const told = { runs: runs.map((run) => run.get(index)!), seconds, ratePerSecond, confidence };
      return promises.map((promise, k) => ({ promise, ...judgeLateness(promise, told, k) }));
    });
    if (judged.every(({ verdict }) => verdict !== "undecided")) break;
  }
  return judged.filter(({ verdict }) => verdict !== "kept");
}

function judgedPromises({ promises }: FleetPlan, service: string): readonly PlanPromise[] {
  return promises.filter(
    ({ metric, subject }) => subject === service && (metric === "response_s" || metric === "throughput_per_s"),
  );
}
