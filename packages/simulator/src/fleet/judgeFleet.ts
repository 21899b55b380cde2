import type { Check, FleetPlan, FleetTrace, PlanPromise } from "@partitune/schema";
import { checkConfidence } from "../checkConfidence.ts";
import type { Window } from "../station.ts";
import { checkFleetPromise } from "./checkFleetPromise.ts";
import type { Fleet } from "./fleet.ts";
import { type FleetPart, independentParts } from "./independentParts.ts";
import { fleetTrace, fleetWindow, type SimulateFleetOptions } from "./simulateFleet.ts";
import { toFleet } from "./toFleet.ts";

export type JudgeFleetOptions = Omit<SimulateFleetOptions, "seed">;

/** Every promise of a plan, judged, and what the judgement rests on. */
export interface JudgedFleet {
  /** In the order of the plan's promises. */
  readonly checks: readonly Check[];
  /** One per independent part and seed; only those of the first seed hold distributions, which are for pictures. */
  readonly traces: readonly FleetTrace[];
}

/**
 * Judges the promises of a fleet plan by simulating it on several seeds.
 *
 * Services that have nothing to do with each other are played apart, each group for as long as its own rates ask: a service of 10 requests/s
 * beside one of 5,000 would otherwise cost 500 times its own requests. Where the options give no length, a group's window is tried at the
 * multiples in turn, until all its promises are kept or broken.
 *
 * @param seeds  at least two
 * @param multiples  ascending; 1 is about right for a promise that is kept by a margin at half load
 */
export function judgeFleet(
  plan: FleetPlan,
  seeds: readonly string[],
  multiples: readonly number[],
  options: JudgeFleetOptions,
): JudgedFleet {
  const { confidence = 0.99 } = options;
  checkConfidence(confidence);
  const fleets = seeds.map((seed) => toSeeded(plan, seed, options));
  const { fleet, parts } = fleets[0]!;
  const checks = new Map<PlanPromise, Check>();
  const traces: FleetTrace[] = [];
  parts.forEach((part, i) => {
    const own = plan.promises.filter(({ subject }) => part.services.some((k) => fleet.services[k]!.name === subject));
    let [judged, told]: [readonly Check[], readonly FleetTrace[]] = [[], []];
    for (const window of windowsOf(plan, fleet, part, multiples, options, confidence)) {
      told = fleets.map((each) =>
        fleetTrace(plan, each.fleet, [each.parts[i]!], window, { ...options, seed: each.seed }),
      );
      judged = own.map((promise) => checkFleetPromise(promise, told, rateOf(fleet, promise), confidence));
      if (judged.every((check) => check.verdict !== "undecided" || overloaded(check.promise, told))) break;
    }
    traces.push(...told.map((trace, k) => (k === 0 ? trace : withoutPictures(trace))));
    for (const check of judged) checks.set(check.promise, check);
  });
  return {
    checks: plan.promises.map(
      (promise) => checks.get(promise) ?? checkFleetPromise(promise, [], rateOf(fleet, promise), confidence),
    ),
    traces,
  };
}

interface Seeded {
  readonly seed: string;
  readonly fleet: Fleet;
  readonly parts: readonly FleetPart[];
}

/** The parts are the same for every seed: they follow from the plan. */
function toSeeded(plan: FleetPlan, seed: string, options: JudgeFleetOptions): Seeded {
  const fleet = toFleet(plan, options, seed);
  return { seed, fleet, parts: independentParts(fleet) };
}

/** A growing backlog will not tell more, however long it is watched. */
function overloaded({ subject }: PlanPromise, traces: readonly FleetTrace[]): boolean {
  return traces.every(({ services }) => services.some(({ service, saturated }) => service === subject && saturated));
}

function withoutPictures(trace: FleetTrace): FleetTrace {
  return { ...trace, services: trace.services.map((stream) => ({ ...stream, distribution: [] })) };
}

function windowsOf(
  plan: FleetPlan,
  fleet: Fleet,
  { services }: FleetPart,
  multiples: readonly number[],
  options: JudgeFleetOptions,
  confidence: number,
): readonly Window[] {
  const windows = multiples.map((multiple) => fleetWindow(plan, fleet, options, confidence, services, multiple));
  return windows.filter(({ end }, i) => i === 0 || end > windows[i - 1]!.end);
}

function rateOf({ services }: Fleet, { subject }: PlanPromise): number {
  return services.find(({ name }) => name === subject)?.ratePerSecond ?? 0;
}
