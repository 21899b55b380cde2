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
import { type Deployment, deployPlan } from "./deployPlan.ts";
import { liveArrivals } from "./liveArrivals.ts";
import { liveWarnings } from "./liveWarnings.ts";
import type { LoadProgress, LoadRequest } from "./load.ts";
import { generateLoad } from "./loadGenerator.ts";

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

/** What is going on, and while load is generated how far it is. */
export interface LiveProgress {
  readonly step: "check" | "start" | "load" | "stop";
  readonly what: string;
  /** Seconds of load that have passed, of how many. */
  readonly done?: Seconds;
  readonly total?: Seconds;
  readonly secondsLeft?: Seconds;
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
  const { signal, onProgress } = options;
  const arrivals = liveArrivals(plan, options.arrivals ?? {});
  const deployment = await deployPlan(plan, {
    ...options,
    name: options.name ?? "live",
    directory: options.directory ?? process.cwd(),
    onStep: (step) => onProgress?.({ step, what: steps[step] }),
  });
  try {
    const load = loadOf(plan, options, arrivals, deployment);
    const streams = await generateLoad(load, (progress) => onProgress?.(loadProgress(progress)), signal);
    const trace = buildLiveTrace(plan, load, streams, options.made);
    const warnings = [
      ...deployment.warnings,
      ...machineWarnings(deployment),
      ...liveWarnings(plan, load, streams, trace),
    ];
    return { trace, warnings, findings: deployment.findings };
  } finally {
    onProgress?.({ step: "stop", what: steps.stop });
    await deployment.stop();
  }
}

const steps = {
  check: "checking the machine",
  start: "starting every placement and waiting until it serves",
  stop: "stopping every placement",
} as const;

/** What the check found that does not forbid the plan, but may make it behave otherwise. */
function machineWarnings({ findings }: Deployment): readonly Warning[] {
  const notes = findings.filter((line) => line.startsWith("note")).map((line) => line.replace(/^note\s+/, ""));
  const advice = "keep it in mind when you judge the measurement";
  return notes.map((cause) => ({ code: "machine-note", where: "this machine", cause, advice }));
}

function loadProgress({ elapsed, total, sent, answered }: LoadProgress): LiveProgress {
  return {
    step: "load",
    what: `under load: ${sent} requests sent, ${answered} answered`,
    done: Math.floor(elapsed),
    total: Math.ceil(total),
    secondsLeft: total - elapsed,
  };
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
  { sockets }: Deployment,
): LoadRequest {
  const deadlines = plan.demands.map(({ deadlineSeconds }) => deadlineSeconds);
  return {
    streams: plan.placements.map(({ id }, n) => ({ placement: id, socket: sockets[n]!, arrivals: arrivals[n]! })),
    warmupSeconds,
    durationSeconds,
    timeoutSeconds: Math.max(2, ...deadlines.map((deadline) => 10 * deadline)),
    seed,
  };
}
