import { type FleetPlan, type FleetSchedule, type FleetTransition, InputError, type Seconds } from "@partitune/schema";
import { fewestGpus } from "./fewestGpus.ts";
import type { Unservable } from "./packing/layout.ts";
import { planTransition, type TransitionOptions } from "./planTransition.ts";
import { replanFleet } from "./replanFleet.ts";
import type { ReplanOptions } from "./replanLayout.ts";
import { toFleetPlan } from "./toFleetPlan.ts";
import type { FleetProblem } from "./toPackingProblem.ts";

/** A stretch of time with demands of its own. */
export interface FleetPeriod {
  readonly name: string;
  readonly seconds: Seconds;
  readonly fleet: FleetProblem;
}

export interface FleetScheduleInput {
  readonly periods: readonly FleetPeriod[];
  /** Every service at its highest rate, for comparison. */
  readonly peak: FleetProblem;
  /** Whether the last period is followed by the first. */
  readonly repeat: boolean;
  readonly replan?: Omit<ReplanOptions, "afresh">;
  /** How one plan becomes the next; `made` is that of the schedule, too. */
  readonly transition: TransitionOptions;
}

export type FleetScheduling =
  | {
      readonly status: "packed";
      readonly schedule: FleetSchedule;
      /** How each period's fleet is reached, in the order of the periods; the first is null when it has none before. */
      readonly transitions: readonly (FleetTransition | null)[];
    }
  | { readonly status: "unservable"; readonly services: readonly Unservable[] };

type Change = NonNullable<FleetSchedule["periods"][number]["change"]>;

/**
 * Plans for demands that change, period by period: the first on as few cards as possible, every other changed from the one before as little as
 * possible. When the periods repeat, a second round begins with what the first ended with.
 *
 * A change happens at the beginning of its period, one step after the other, and uses the cards of both fleets as long as it lasts; what it lacks
 * meanwhile is stated.
 */
export async function toFleetSchedule(input: FleetScheduleInput): Promise<FleetScheduling> {
  const { periods, repeat, transition } = input;
  checkPeriods(periods);
  const first = await planAfresh(periods[0]!.fleet, transition);
  if (first.status === "unservable") return first;
  const peak = await planAfresh(input.peak, transition);
  if (peak.status === "unservable") return peak;
  let plans: readonly FleetPlan[] = [first.plan];
  const rounds = repeat && periods.length > 1 ? 2 : 1;
  for (let round = 0; round < rounds; round += 1) {
    const followed = await followOn(input, round === 0 ? first.plan : plans.at(-1)!, round > 0);
    if (followed.status === "unservable") return followed;
    plans = followed.plans;
  }
  const transitions = plans.map((plan, i) => {
    const before = plans[i - 1] ?? (repeat && plans.length > 1 ? plans.at(-1) : undefined);
    return before === undefined ? null : planTransition(before, plan, transition);
  });
  return { status: "packed", schedule: toSchedule(input, plans, peak.plan, transitions), transitions };
}

type Planned = { readonly status: "packed"; readonly plan: FleetPlan } | Lost;
type Lost = Extract<FleetScheduling, { status: "unservable" }>;

async function planAfresh(fleet: FleetProblem, { made }: TransitionOptions): Promise<Planned> {
  const packing = await fewestGpus(fleet);
  if (packing.status === "unservable") return packing;
  if (packing.status !== "packed") throw new Error(packing.reason);
  return { status: "packed", plan: toFleetPlan({ ...packing, made }) };
}

/** A plan per period, each changed from the one before; `before` is the first period's own unless that is to follow it, too. */
async function followOn(
  { periods, replan, transition: { made } }: FleetScheduleInput,
  before: FleetPlan,
  follows: boolean,
): Promise<{ readonly status: "packed"; readonly plans: readonly FleetPlan[] } | Lost> {
  const plans: FleetPlan[] = follows ? [] : [before];
  let running = before;
  for (const { fleet } of follows ? periods : periods.slice(1)) {
    const next = await replanFleet(fleet, running, { ...replan, made });
    if (next.status === "unservable") return next;
    running = next.plan;
    plans.push(next.plan);
  }
  return { status: "packed", plans };
}

function toSchedule(
  { periods, repeat, transition: { made } }: FleetScheduleInput,
  plans: readonly FleetPlan[],
  peak: FleetPlan,
  transitions: readonly (FleetTransition | null)[],
): FleetSchedule {
  const changes = transitions.map((each) => (each === null ? null : toChange(each)));
  const workloads = new Map(plans.flatMap((plan) => plan.workloads.map((each) => [each.name, each])));
  const total = periods.reduce((sum, { seconds }) => sum + seconds, 0);
  const { devices, rule, interference } = plans[0]!;
  return {
    kind: "fleet-schedule",
    version: 1,
    made,
    devices,
    workloads: [...workloads.values()],
    rule,
    interference,
    synthetic: plans.some(({ synthetic }) => synthetic),
    periods: plans.map(({ services, gpus, promises, optimality }, i) => ({
      name: periods[i]!.name,
      seconds: periods[i]!.seconds,
      services,
      gpus,
      promises,
      optimality,
      change: changes[i]!,
    })),
    repeat,
    gpuSeconds: plans.reduce((sum, { gpus }, i) => sum + gpuSeconds(gpus.length, periods[i]!.seconds, changes[i]!), 0),
    peakGpuSeconds: peak.gpus.length * total,
  };
}

/** Cards of both fleets are in use as long as the change lasts, then those of the new one. */
function gpuSeconds(gpus: number, seconds: Seconds, change: Change | null): number {
  const changing = Math.min(seconds, change?.seconds ?? 0);
  return gpus * (seconds - changing) + (change?.gpus ?? 0) * changing;
}

function toChange({ changed, steps, seconds, criticalSeconds, before, after, spares, dips }: FleetTransition): Change {
  const cards = new Set([...[...before, ...after].map(({ id }) => id), ...spares]);
  return {
    ...changed,
    steps: steps.length,
    seconds,
    criticalSeconds,
    gpus: cards.size,
    missing: dips.map(({ service, missingPerSecond, seconds: lasts }) => ({
      service,
      perSecond: missingPerSecond,
      seconds: lasts,
    })),
  };
}

function checkPeriods(periods: readonly FleetPeriod[]): void {
  const fail = (what: string, problem: string, advice: string): never => {
    throw new InputError({ what, problem, advice });
  };
  if (periods.length === 0) fail("the periods", "are none", "give at least one");
  const bad = periods.find(({ seconds }) => !(seconds > 0 && Number.isFinite(seconds)));
  if (bad !== undefined) fail(`period "${bad.name}"`, `lasts ${bad.seconds} s`, "give seconds above 0");
  const names = periods.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) fail(`period "${twice}"`, "stands twice", "give each a name of its own");
}
