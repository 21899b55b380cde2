import {
  type Arrivals,
  type FleetPlan,
  InputError,
  type Made,
  phasesOf,
  type Seconds,
  type SharingComparison,
  type SharingLane,
} from "@partitune/schema";
import { checkConfidence } from "../checkConfidence.ts";
import { type CardLawName, cardLaws } from "./cardLaws.ts";
import type { CardTimes } from "./cardTimes.ts";
import { comparedServices } from "./comparedServices.ts";
import type { DelayedArrivals } from "./delayedTimes.ts";
import type { Fleet } from "./fleet.ts";
import { playIsland } from "./playIsland.ts";
import { type OpenResponseLog, openResponseLog } from "./responseLog.ts";
import { summarisePhase } from "./summarisePhase.ts";
import { timelineOf } from "./timelineOf.ts";
import { toFleet } from "./toFleet.ts";
import { unpartitioned } from "./unpartitioned.ts";
import { type UsualArrivals, usualArrivals } from "./usualArrivals.ts";

export interface CompareSharingOptions {
  /** Fixes everything random: all lanes see the same requests. */
  readonly seed: string | number;
  readonly durationSeconds: Seconds;
  /** Length of an interval of the timelines; by default a 250th of the duration. */
  readonly intervalSeconds?: Seconds;
  /** Service → when its requests begin and end; by default they come all the time. */
  readonly starts?: Readonly<Record<string, DelayedArrivals>>;
  /** How requests come at the rates of the plan, or service → its arrivals; by default at random ("poisson"). */
  readonly arrivals?: UsualArrivals | Readonly<Record<string, Arrivals>>;
  /** Ways to share each card when nobody partitions it; by default both ends of what default MPS may do. */
  readonly laws?: readonly CardLawName[];
  /** Without partitions: factor on the time of a batch while others run beside it, at least 1; by default 1.09. */
  readonly slowdown?: number;
  /** Coverage of the intervals, 0 < confidence < 1; by default 0.99. */
  readonly confidence?: number;
  readonly made?: Made;
}

/** What co-located inferences on one card usually lose to each other: the median of published pairs is 1.09. */
const usualSlowdown = 1.09;
const intervals = 250;

/**
 * Plays the same requests on a plan's partitions and on the same cards without them.
 *
 * Without partitions every tenant serves its part of the requests from the whole card, in the batches and with the processes of the plan;
 * how batches get on beside each other is the law. What default MPS really does lies between its two: in "mps-fair" idle parts are lent, in
 * "mps-alternate" kernels take turns.
 *
 * @param times  workload → how fast it is on the whole card and on parts of it, see {@link cardTimes}
 * @throws InputError as `simulateFleet`, when a law asks for times that are missing, and when a service never begins
 */
export function compareSharing(
  plan: FleetPlan,
  times: ReadonlyMap<string, CardTimes>,
  options: CompareSharingOptions,
): SharingComparison {
  const { seed, durationSeconds, confidence = 0.99, laws = ["mps-fair", "mps-alternate"], made = plan.made } = options;
  const { intervalSeconds = durationSeconds / intervals, slowdown = usualSlowdown, starts = {} } = options;
  checkConfidence(confidence);
  checkNumbers(durationSeconds, intervalSeconds, slowdown);
  const arrivals = arrivalsOf(plan, options.arrivals ?? "poisson");
  const fleet = toFleet(plan, { arrivals, delays: starts }, seed);
  const services = comparedServices(fleet, starts, durationSeconds);
  const phases = phasesOf(services, durationSeconds);
  const toLane = (name: string, title: string, played: Fleet): SharingLane => ({
    name,
    title,
    streams: play(played, durationSeconds)
      .map((log, i) => {
        const { name: service, deadline } = fleet.services[i]!;
        return {
          service,
          phases: phases.map(({ startSeconds, endSeconds }) =>
            summarisePhase(log, startSeconds, endSeconds, deadline, confidence),
          ),
          timeline: timelineOf(log, durationSeconds, intervalSeconds),
        };
      })
      .filter(({ service }) => services.some((each) => each.service === service)),
  });
  return {
    kind: "sharing-comparison",
    version: 1,
    made: { ...made, seed },
    source: "simulated",
    confidence,
    durationSeconds,
    intervalSeconds,
    services,
    phases,
    lanes: [
      toLane("plan", "partitioned as planned", fleet),
      ...laws.map((name) => {
        const law = cardLaws[name];
        return toLane(name, law.title, unpartitioned(fleet, law, times, slowdown));
      }),
    ],
    synthetic: plan.synthetic,
  };
}

function arrivalsOf(
  { services }: FleetPlan,
  arrivals: NonNullable<CompareSharingOptions["arrivals"]>,
): Readonly<Record<string, Arrivals>> {
  return typeof arrivals === "string" ? usualArrivals[arrivals](services) : arrivals;
}

function checkNumbers(duration: Seconds, interval: Seconds, slowdown: number): void {
  for (const [what, value] of [
    ["the duration", duration],
    ["the interval", interval],
  ] as const)
    if (!(value > 0 && value < Number.POSITIVE_INFINITY))
      throw new InputError({ what, problem: `must be a time above 0 s, got ${value}`, advice: "give seconds" });
  if (!(slowdown >= 1 && slowdown < Number.POSITIVE_INFINITY))
    throw new InputError({
      what: "the slowdown",
      problem: `must be a factor of at least 1, got ${slowdown}`,
      advice: "give for example 1.09",
    });
}

/** One log per service of the fleet, in order. */
function play({ services, islands }: Fleet, duration: Seconds): readonly OpenResponseLog[] {
  const logs = services.map(openResponseLog);
  for (const island of islands) {
    const rooms = island.rooms.map(({ members }) => ({
      worked: () => undefined,
      members: members.map(({ service }) => logs[service]!),
    }));
    playIsland(island, { start: 0, end: duration }, rooms);
  }
  return logs;
}
