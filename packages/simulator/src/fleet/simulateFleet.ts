import type { FleetPieceTrace, FleetPlan, FleetStream, FleetTrace, Made } from "@partitune/schema";
import { checkConfidence } from "../checkConfidence.ts";
import type { Window } from "../station.ts";
import { type Length, plentyDuration, windowFor } from "../windowOf.ts";
import type { Fleet } from "./fleet.ts";
import { type FleetPart, independentParts } from "./independentParts.ts";
import { type PartTally, playPart, type RoomTally } from "./playPart.ts";
import { promisedOfService } from "./promisedOfService.ts";
import { openServiceTally } from "./serviceTally.ts";
import { summariseService } from "./summariseService.ts";
import { type FleetLoad, toFleet } from "./toFleet.ts";

export interface SimulateFleetOptions extends FleetLoad, Length {
  /** Fixes everything random. The same seed gives the same trace, and further services change nothing for those they do not meet. */
  readonly seed: string | number;
  /** Coverage of the intervals, 0 < confidence < 1; by default 0.99. */
  readonly confidence?: number;
  /** How the trace came to be; by default as the plan. The seed is always that of the simulation. */
  readonly made?: Made;
}

/** Length of a window in which nobody sends requests, s. */
const quiet = 60;

/**
 * Plays a fleet plan against request arrivals.
 *
 * Requests of a service are sent to its tenants at random, in proportion to their rates, and queue there. A free process takes
 * min(batch, waiting); several tenants of a piece take turns. While other pieces of the card work, a batch goes on more slowly, by the
 * interference model; MIG instances are left alone. Every batch is formed and every request queues, one by one; no formula of a planner is
 * used.
 *
 * Memory does not grow with the number of requests. Quantiles carry a relative error of up to 0.2 %, which the intervals include; intervals
 * are of the single run, by batch means. An overloaded service ends too: what has not started within another window length has failed.
 *
 * @throws InputError when the plan contradicts itself or the hardware, a table has gaps, or an option is out of range
 * @see playIsland for the rules, slowdownOf for the interference
 * @example simulateFleet(plan, { seed: 1, durationSeconds: 600 }).services[0].response.p99
 */
export function simulateFleet(plan: FleetPlan, options: SimulateFleetOptions): FleetTrace {
  const { seed, confidence = 0.99 } = options;
  checkConfidence(confidence);
  const fleet = toFleet(plan, options, seed);
  const window = fleetWindow(plan, fleet, options, confidence);
  return fleetTrace(plan, fleet, independentParts(fleet), window, options);
}

/**
 * Plays some parts of a fleet, as if they were all of it.
 *
 * @param parts  their services are told of; with all parts also those that are answered nowhere
 */
export function fleetTrace(
  plan: FleetPlan,
  fleet: Fleet,
  parts: readonly FleetPart[],
  window: Window,
  { seed, confidence = 0.99, made = plan.made }: SimulateFleetOptions,
): FleetTrace {
  const played = parts.map((part) => playPart(fleet, part, window));
  return {
    kind: "fleet-trace",
    version: 1,
    made: { ...made, seed },
    confidence,
    durationSeconds: window.end - window.start,
    warmupSeconds: window.start,
    services: streamsOf(plan, fleet, played, window, confidence),
    pieces: played.flatMap(({ rooms }) => rooms.map((room) => pieceTrace(room, window))),
    synthetic: plan.synthetic,
  };
}

/**
 * The window that the options ask for; by default long enough for the highest promised percentile of the slowest service.
 *
 * @param services  indices of those that count, by default all
 */
export function fleetWindow(
  plan: FleetPlan,
  fleet: Fleet,
  length: Length,
  confidence: number,
  services: readonly number[] = fleet.services.map((_, i) => i),
  multiple = 1,
): Window {
  const busy = services.map((i) => fleet.services[i]!).filter(({ ratePerSecond }) => ratePerSecond > 0);
  if (busy.length === 0) return windowFor([1], length, () => quiet);
  const rates = busy.map(({ ratePerSecond }) => ratePerSecond);
  const percentiles = busy.flatMap(({ name }) => promisedOfService(plan, name));
  return windowFor(rates, length, () => plentyDuration(rates, percentiles, confidence, multiple));
}

function streamsOf(
  plan: FleetPlan,
  { services, islands }: Fleet,
  played: readonly PartTally[],
  window: Window,
  confidence: number,
): readonly FleetStream[] {
  const tallies = new Map(played.flatMap((part) => [...part.services]));
  const answered = new Set(
    islands.flatMap(({ rooms }) => rooms.flatMap(({ members }) => members.map((each) => each.service))),
  );
  return services.flatMap((service, i) => {
    const tally = tallies.get(i) ?? (answered.has(i) ? null : openServiceTally(window));
    return tally === null ? [] : [summariseService(service, tally, promisedOfService(plan, service.name), confidence)];
  });
}

function pieceTrace({ gpu, piece, ids, busy, members }: RoomTally, { start, end }: Window): FleetPieceTrace {
  const part = (seconds: number): number => Math.min(1, seconds / (end - start));
  return {
    gpu,
    piece,
    busyFraction: part(busy),
    tenants: members.map((member, i) => ({
      tenant: ids[i]!,
      requests: member.requests,
      busyFraction: part(member.busy),
      batchMean: member.batches === 0 ? 0 : member.batched / member.batches,
    })),
  };
}
