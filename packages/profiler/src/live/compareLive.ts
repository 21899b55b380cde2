import { join } from "node:path";
import {
  type Arrivals,
  InputError,
  type Plan,
  phasesOf,
  type Seconds,
  type SharingComparison,
  type Warning,
} from "@partitune/schema";
import { deployUnderLoad, type LiveProgress, timeoutOf } from "./deployUnderLoad.ts";
import { laneOf, type ServedPlacement } from "./laneOf.ts";
import { liveArrivals } from "./liveArrivals.ts";
import { loadWarnings } from "./liveWarnings.ts";
import type { LiveOptions } from "./measureLive.ts";
import { unpartitionedPlan } from "./unpartitionedPlan.ts";

/** When the requests of a service come. */
export interface ServedFrom {
  readonly startSeconds: Seconds;
  /** No request comes from then on; absent: they come to the end. */
  readonly endSeconds?: Seconds;
}

/** How ways of sharing are compared in service. */
export interface CompareLiveOptions
  extends Pick<LiveOptions, "home" | "directory" | "zooFolder" | "mechanism" | "seed" | "made" | "signal"> {
  /** Folder below which each way's emitted files stand. */
  readonly folder: string;
  /** Length of the comparison, for each way. */
  readonly durationSeconds: Seconds;
  /** Length of an interval of the timelines; by default a 60th of the duration. */
  readonly intervalSeconds?: Seconds;
  /** Length of the ramp before it, in which services that begin at 0 are under load already; by default 2 s. */
  readonly warmupSeconds?: Seconds;
  /** Service → when its requests come; by default all the time. */
  readonly starts?: Readonly<Record<string, ServedFrom>>;
  /** Placement id or workload name → arrivals; by default Poisson at the rate that the plan's demand names. */
  readonly arrivals?: Readonly<Record<string, Arrivals>>;
  readonly onProgress?: (progress: LiveProgress) => void;
}

/** Ways of sharing, compared in service. */
export interface LiveComparison {
  readonly comparison: SharingComparison;
  readonly warnings: readonly Warning[];
  /** What the check of the machine said, line by line; names what held the shares. */
  readonly findings: readonly string[];
}

const confidence = 0.99;
const intervals = 60;
const defaultWarmup: Seconds = 2;

/**
 * Serves the same requests on this machine twice, one after the other: as the plan says, each placement within its share, and by the same
 * servers unpartitioned, each free to use the whole processor with a thread for every core.
 *
 * Both lanes are deployed by emitted scripts and see the same arrivals, down to the microsecond at which each request is due. A request that has
 * no answer after ten times the longest deadline, and at least 2 s, is given up.
 *
 * @throws InputError when options are wrong, or two placements serve one workload
 * @throws DeploymentFailure when a lane cannot be deployed here, or not be stopped wholly
 * @throws the signal's reason when it was aborted
 */
export async function compareLive(plan: Plan, options: CompareLiveOptions): Promise<LiveComparison> {
  const { durationSeconds, intervalSeconds = durationSeconds / intervals, seed, made } = options;
  const served = servedPlacements(plan, options);
  const services = served.map(({ service }) => service);
  const phases = phasesOf(services, durationSeconds);
  const lanes: SharingComparison["lanes"][number][] = [];
  const told: { readonly warnings: readonly Warning[]; readonly findings: readonly string[] }[] = [];
  for (const way of ways(plan)) {
    const loaded = await playLane(way, served, options);
    lanes.push(laneOf({ ...way, ...loaded, served, phases, durationSeconds, intervalSeconds, confidence }));
    const late = loaded.streams.flatMap((stream, n) =>
      loadWarnings(`${way.title}, service "${services[n]!.service}"`, loaded.load, stream),
    );
    told.push({ ...loaded, warnings: [...loaded.warnings, ...late] });
  }
  return {
    comparison: {
      kind: "sharing-comparison",
      version: 1,
      made: { ...made, seed },
      source: "measured",
      confidence,
      durationSeconds,
      intervalSeconds,
      services,
      phases,
      lanes,
      synthetic: false,
    },
    warnings: told.flatMap(({ warnings }) => warnings),
    findings: told[0]!.findings,
  };
}

/** A way of sharing, and the plan that it is deployed as. */
interface Way {
  readonly name: string;
  readonly title: string;
  readonly plan: Plan;
}

function ways(plan: Plan): readonly Way[] {
  return [
    { name: "plan", title: "partitioned as planned", plan },
    { name: "unpartitioned", title: "unpartitioned: all on the whole processor", plan: unpartitionedPlan(plan) },
  ];
}

function playLane({ name, title, plan }: Way, served: readonly ServedPlacement[], options: CompareLiveOptions) {
  const { folder, seed, durationSeconds, warmupSeconds = defaultWarmup, directory = process.cwd() } = options;
  const { home, zooFolder, mechanism, signal, onProgress } = options;
  return deployUnderLoad(plan, {
    folder: join(folder, name),
    name: `compared-${name}`,
    home,
    directory,
    oversubscribed: name === "unpartitioned",
    ...(zooFolder === undefined ? {} : { zooFolder }),
    ...(mechanism === undefined ? {} : { mechanism }),
    ...(signal === undefined ? {} : { signal }),
    onProgress: (progress) => onProgress?.({ ...progress, what: `${title}: ${progress.what}` }),
    loadOf: (sockets) => ({
      streams: served.map(({ placement, arrivals, service: { startSeconds, endSeconds } }, n) => ({
        placement,
        socket: sockets[n]!,
        arrivals,
        startSeconds: startSeconds === 0 ? 0 : warmupSeconds + startSeconds,
        ...(endSeconds === undefined ? {} : { endSeconds: warmupSeconds + endSeconds }),
      })),
      warmupSeconds,
      durationSeconds,
      timeoutSeconds: timeoutOf(plan),
      seed,
    }),
  });
}

/** What is served where and when, in the plan's order. */
function servedPlacements(plan: Plan, options: CompareLiveOptions): readonly ServedPlacement[] {
  const { durationSeconds, intervalSeconds, warmupSeconds = defaultWarmup, starts = {} } = options;
  checkTime("the duration", durationSeconds, Number.MIN_VALUE);
  checkTime("the interval", intervalSeconds ?? durationSeconds, Number.MIN_VALUE);
  checkTime("the warm-up", warmupSeconds, 0);
  const arrivals = liveArrivals(plan, options.arrivals ?? {});
  const served = plan.placements.map(({ id, config }, n): ServedPlacement => {
    const demand = plan.demands.find(({ workload }) => workload === config.workload);
    if (demand === undefined) throw notDemanded(config.workload);
    const name = demand.service ?? demand.workload;
    const { startSeconds, endSeconds } = Object.hasOwn(starts, name) ? starts[name]! : { startSeconds: 0 };
    checkSpan(name, startSeconds, endSeconds ?? durationSeconds, durationSeconds);
    return {
      placement: id,
      arrivals: arrivals[n]!,
      service: {
        service: name,
        ratePerSecond: demand.ratePerSecond,
        startSeconds,
        ...(endSeconds === undefined ? {} : { endSeconds: Math.min(endSeconds, durationSeconds) }),
        deadlineSeconds: demand.deadlineSeconds,
      },
    };
  });
  const stranger = Object.keys(starts).find((name) => !served.some(({ service }) => service.service === name));
  if (stranger !== undefined)
    throw new InputError({
      what: `the start of "${stranger}"`,
      problem: "names no service of the plan",
      advice: `use one of ${served.map(({ service }) => `"${service.service}"`).join(", ")}`,
    });
  return served;
}

function checkTime(what: string, value: Seconds, least: Seconds): void {
  if (value >= least && value < Number.POSITIVE_INFINITY) return;
  throw new InputError({ what, problem: `cannot be ${value} s`, advice: "give seconds" });
}

function checkSpan(name: string, start: Seconds, end: Seconds, duration: Seconds): void {
  if (start >= 0 && start < Math.min(end, duration)) return;
  throw new InputError({
    what: `service "${name}"`,
    problem: `is to get requests from ${start} s to ${Math.min(end, duration)} s`,
    advice: `let it begin before it ends, and before the comparison does at ${duration} s`,
  });
}

function notDemanded(workload: string): InputError {
  return new InputError({
    what: `workload "${workload}"`,
    problem: "runs without a demand, so nothing is known of its requests and their deadline",
    advice: "solve for a demand of it, or leave it out of the plan",
  });
}
