import {
  type Arrivals,
  InputError,
  type Made,
  type Plan,
  type Seconds,
  type Trace,
  type Warning,
} from "@partitune/schema";
import { buildLiveTrace } from "./buildLiveTrace.ts";
import { deployUnderLoad, type LiveProgress, timeoutOf } from "./deployUnderLoad.ts";
import { liveArrivals } from "./liveArrivals.ts";
import { liveWarnings } from "./liveWarnings.ts";
import type { LoadRequest } from "./load.ts";

/** How a plan is measured in service. */
export interface LiveOptions {
  /** Folder for the emitted files. */
  readonly folder: string;
  /** What the deployment is called meanwhile; "live" by default. */
  readonly name?: string;
  /** Absolute path of the folder in which partitune is installed. */
  readonly home: string;
  /** Absolute path from which workloads are started; by default the current one. */
  readonly directory?: string;
  /** Folder of the zoo's networks; the worker's own default when absent. */
  readonly zooFolder?: string;
  /** What holds shares; by default the best that the machine offers. */
  readonly mechanism?: "auto" | "cgroup-v2" | "cgroup-v1" | "paced";
  /** Placement id or workload name → arrivals; by default Poisson at the rate that the plan's demand names. */
  readonly arrivals?: Readonly<Record<string, Arrivals>>;
  /** Length of the window. */
  readonly durationSeconds: Seconds;
  /** Length of the ramp before it, under load but not counted; by default 3 s. */
  readonly warmupSeconds?: Seconds;
  readonly seed: string | number;
  /** How the trace came to be. */
  readonly made: Made;
  /** Ends the measurement; everything that was started is stopped. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: LiveProgress) => void;
}

/** A plan measured in service. */
export interface LiveMeasurement {
  readonly trace: Trace;
  readonly warnings: readonly Warning[];
  /** What the check of the machine said, line by line; names what held the shares. */
  readonly findings: readonly string[];
}

/** Queues fill within a few services; caches and clocks take longer. */
const defaultWarmup: Seconds = 3;

/**
 * Deploys a plan on this machine by its emitted scripts, drives all placements with open-loop load at once, measures, and stops
 * everything again, also when it fails, is aborted, or when this process is killed.
 *
 * A request that has no answer after ten times the longest deadline, and at least 2 s, is given up.
 *
 * @throws InputError when options or arrivals are wrong
 * @throws DeploymentFailure when the plan cannot be deployed here, or not be stopped wholly
 * @throws the signal's reason when it was aborted
 */
export async function measureLive(plan: Plan, options: LiveOptions): Promise<LiveMeasurement> {
  checkTimes(options);
  const arrivals = liveArrivals(plan, options.arrivals ?? {});
  const { load, streams, findings, warnings } = await deployUnderLoad(plan, {
    ...options,
    name: options.name ?? "live",
    directory: options.directory ?? process.cwd(),
    loadOf: (sockets) => loadOf(plan, options, arrivals, sockets),
  });
  const trace = buildLiveTrace(plan, load, streams, options.made);
  return { trace, warnings: [...warnings, ...liveWarnings(plan, load, streams, trace)], findings };
}

function checkTimes({ durationSeconds, warmupSeconds = defaultWarmup }: LiveOptions): void {
  if (durationSeconds > 0 && warmupSeconds >= 0 && Number.isFinite(durationSeconds + warmupSeconds)) return;
  throw new InputError({
    what: `duration ${durationSeconds} s with warm-up ${warmupSeconds} s`,
    problem: "cannot be measured",
    advice: "give a duration above 0 s and a warm-up of 0 s or more",
  });
}

function loadOf(
  plan: Plan,
  { durationSeconds, warmupSeconds = defaultWarmup, seed }: LiveOptions,
  arrivals: readonly Arrivals[],
  sockets: readonly string[],
): LoadRequest {
  return {
    streams: plan.placements.map(({ id }, n) => ({ placement: id, socket: sockets[n]!, arrivals: arrivals[n]! })),
    warmupSeconds,
    durationSeconds,
    timeoutSeconds: timeoutOf(plan),
    seed,
  };
}
