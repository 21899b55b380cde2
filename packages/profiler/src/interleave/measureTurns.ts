import { setTimeout as sleepMilliseconds } from "node:timers/promises";
import {
  type Arrivals,
  InputError,
  type Made,
  type ModePlan,
  type ModeTrace,
  type Seconds,
  type Warning,
} from "@partitune/schema";
import type { LoadProgress, StreamSamples } from "../live/load.ts";
import { generateLoad } from "../live/loadGenerator.ts";
import { monotonicSeconds } from "../meters/monotonicSeconds.ts";
import { buildModeTrace } from "./buildModeTrace.ts";
import { checkTurns } from "./checkTurns.ts";
import { deployTurns, type RunningTurns } from "./deployTurns.ts";
import { type Lateness, latenessOf } from "./lateness.ts";
import { readMinibatchLog } from "./minibatchLog.ts";
import { alignOrigin, saveRequests, type TurnSamples } from "./turnSamples.ts";
import { turnWarnings } from "./turnWarnings.ts";

/** How a mode plan is measured at work. */
export interface MeasureTurnsOptions {
  /** Folder for the emitted files and all samples. */
  readonly folder: string;
  /** Absolute path of the folder in which partitune is installed. */
  readonly home: string;
  /** Absolute path from which workloads are started; by default the current one. */
  readonly directory?: string;
  readonly zooFolder?: string;
  /** False: every job runs whenever it has something to run, as processes that nobody manages. By default true. */
  readonly managed?: boolean;
  /**
   * At the rates that the plan states even, jittered (each moved by up to half a gap) or Poisson; or inference workload → arrivals. By
   * default even. Only even ones always bring what the promises hold for: at most a minibatch in a window.
   */
  readonly arrivals?: "even" | "jittered" | "poisson" | Readonly<Record<string, Arrivals>>;
  /** Length of the window. */
  readonly durationSeconds: Seconds;
  /** Length of the ramp before it, under load but not counted; by default 3 s. */
  readonly warmupSeconds?: Seconds;
  readonly seed: string | number;
  readonly made: Made;
  /** Ends the measurement; everything that was started is stopped. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly what: string; readonly done: Seconds; readonly total: Seconds }) => void;
}

/** A mode plan measured at work. */
export interface TurnsMeasurement {
  readonly trace: ModeTrace;
  /** How late minibatches of each inference began, and how long those of each job took. */
  readonly lateness: readonly Lateness[];
  readonly warnings: readonly Warning[];
  /** What the check of the machine said, line by line. */
  readonly findings: readonly string[];
}

const defaultWarmup: Seconds = 3;

/**
 * Carries a mode plan out on this machine's processor as it is deployed, drives its inferences with open-loop load from a process of its
 * own, measures, and stops everything again, also when it fails, is aborted, or when this process is killed. Every request and
 * every minibatch is kept in the folder.
 *
 * A request that has no answer after ten times the longest promise or window, and at least 5 s, is given up.
 *
 * @throws InputError when options, arrivals or the plan are wrong
 * @throws DeploymentFailure when the plan cannot be carried out here, or a worker fails
 * @throws the signal's reason when it was aborted
 */
export async function measureTurns(plan: ModePlan, options: MeasureTurnsOptions): Promise<TurnsMeasurement> {
  const { durationSeconds, warmupSeconds = defaultWarmup, managed = true, signal, folder } = options;
  const given = options.arrivals ?? "even";
  checkTurns(plan);
  checkTimes(durationSeconds, warmupSeconds);
  const arrivals = plan.inferences.map(({ workload }) => arrivalsOf(plan, workload, given));
  checkNames(plan, given);
  const running = await deployTurns(plan, {
    folder,
    home: options.home,
    directory: options.directory ?? process.cwd(),
    name: managed ? "turns" : "turns unmanaged",
    managed,
    ...(options.zooFolder === undefined ? {} : { zooFolder: options.zooFolder }),
    ...(signal === undefined ? {} : { signal }),
  });
  let loaded: Pick<TurnSamples, "streams" | "origin">;
  try {
    loaded = await load(plan, arrivals, running, { ...options, warmupSeconds });
  } finally {
    await running.stop();
  }
  saveRequests(folder, loaded.streams);
  const logged = readMinibatchLog(running.log);
  const { streams } = loaded;
  const samples = { streams, logged, origin: alignOrigin(streams, logged, loaded.origin) };
  const word = given === "poisson" || given === "even" ? given : "given";
  const context = { made: options.made, arrivals: word, managed, warmupSeconds, durationSeconds } as const;
  const trace = buildModeTrace(plan, samples, context);
  const lateness = latenessOf(plan, samples, context);
  const warnings = [...running.warnings, ...turnWarnings(plan, samples, trace, lateness, context)];
  return { trace, lateness, warnings, findings: running.findings };
}

async function load(
  plan: ModePlan,
  arrivals: readonly Arrivals[],
  { sockets }: RunningTurns,
  options: MeasureTurnsOptions & { readonly warmupSeconds: Seconds },
): Promise<{ readonly streams: readonly StreamSamples[]; readonly origin: Seconds }> {
  const { warmupSeconds, durationSeconds, seed, signal, onProgress } = options;
  const total = warmupSeconds + durationSeconds;
  if (plan.inferences.length === 0) {
    const origin = monotonicSeconds();
    await sleepMilliseconds(total * 1e3, undefined, signal === undefined ? {} : { signal });
    return { streams: [], origin };
  }
  // The generator tells how long its load has run; the message that took least time tells best when it began.
  let origin = Number.POSITIVE_INFINITY;
  const tell = ({ elapsed, sent, answered }: LoadProgress) => {
    origin = Math.min(origin, monotonicSeconds() - elapsed);
    onProgress?.({ what: `${sent} requests sent, ${answered} answered`, done: Math.max(0, elapsed), total });
  };
  const streams = plan.inferences.map(({ workload }, n) => ({
    placement: workload,
    socket: sockets[n]!,
    arrivals: arrivals[n]!,
  }));
  const timeoutSeconds = Math.max(5, ...longest(plan).map((seconds) => 10 * seconds));
  const samples = await generateLoad({ streams, warmupSeconds, durationSeconds, timeoutSeconds, seed }, tell, signal);
  return { streams: samples, origin };
}

function longest({ inferences, promises }: ModePlan): readonly Seconds[] {
  const promised = promises.filter(({ metric }) => metric === "worst_response_s").map(({ target }) => target);
  return [...promised, ...inferences.map(({ windowSeconds }) => windowSeconds)];
}

function arrivalsOf(plan: ModePlan, workload: string, given: NonNullable<MeasureTurnsOptions["arrivals"]>): Arrivals {
  if (typeof given === "object" && Object.hasOwn(given, workload)) return given[workload]!;
  const { ratePerSecond } = plan.inferences.find((inference) => inference.workload === workload)!;
  if (given === "poisson") return { kind: "poisson", ratePerSecond };
  return { kind: "periodic", ratePerSecond, jitter: given === "jittered" ? 0.5 : 0, offsetSeconds: 0 };
}

function checkNames({ inferences }: ModePlan, given: NonNullable<MeasureTurnsOptions["arrivals"]>): void {
  if (typeof given !== "object") return;
  const stranger = Object.keys(given).find((name) => !inferences.some(({ workload }) => workload === name));
  if (stranger === undefined) return;
  throw new InputError({
    what: `arrivals "${stranger}"`,
    problem: "name no inference of the plan",
    advice: `use ${inferences.map(({ workload }) => `"${workload}"`).join(", ")}`,
  });
}

function checkTimes(durationSeconds: Seconds, warmupSeconds: Seconds): void {
  if (durationSeconds > 0 && warmupSeconds >= 0 && Number.isFinite(durationSeconds + warmupSeconds)) return;
  throw new InputError({
    what: `duration ${durationSeconds} s with warm-up ${warmupSeconds} s`,
    problem: "cannot be measured",
    advice: "give a duration above 0 s and a warm-up of 0 s or more",
  });
}
