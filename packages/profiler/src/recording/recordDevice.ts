import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  type KernelTrace,
  type Profile,
  type Protocol,
  type Seconds,
  saveJson,
  type Warning,
  type Workload,
} from "@partitune/schema";
import { profile } from "../campaign.ts";
import type { Executor } from "../executor.ts";
import { monotonicSeconds } from "../meters/monotonicSeconds.ts";
import { openJournal } from "../openJournal.ts";
import type { Space } from "../space.ts";
import { choosePieces } from "./choosePieces.ts";
import { countStages, type StageCount } from "./countStages.ts";
import type { PieceKind } from "./devicePieces.ts";
import { kernelsFolder, kernelTraceFile } from "./kernelTraceFile.ts";
import { type RecordingChoices, recordingSpace } from "./recordingSpace.ts";
import { rememberIdentities } from "./rememberIdentities.ts";

/** What is recorded of a device, by which rules, and for how long. */
export interface RecordingRequest extends Pick<RecordingChoices, "workloads"> {
  /** How the device is divided; in the best way that can be set here when absent. */
  readonly pieces?: PieceKind;
  /** False: nothing is measured beside anything else. */
  readonly pairs: boolean;
  readonly protocol: Protocol;
  /** Time after which the recording ends with what it has; null for all the time it takes. */
  readonly budgetSeconds: Seconds | null;
  readonly seed: string;
  /** Records the operations of a network, one by one; answers null where its engine does not tell them. Null: no kernel traces. */
  readonly traceKernels: ((workload: Workload) => Promise<KernelTrace> | null) | null;
}

export interface RecordingOptions {
  /** Ends the recording: what is there stays, and the next call goes on from there. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: RecordingProgress) => void;
}

/** How a recording goes on. */
export interface RecordingProgress {
  readonly done: number;
  readonly total: number;
  readonly current: string;
  /** Until the recording is complete or its time is spent, whichever comes first; null while nothing is known. */
  readonly secondsLeft: Seconds | null;
}

/** What became of the kernel trace of a network. */
export interface TraceOutcome {
  readonly workload: string;
  /** File below the recording's folder; null with the reason where there is none. */
  readonly file: string | null;
  readonly reason: string;
}

/** How a recording ended. */
export interface RecordingEnd {
  readonly status: "complete" | "out of time" | "aborted";
  /** Null when nothing has been measured. */
  readonly profile: Profile | null;
  readonly stages: readonly StageCount[];
  readonly traces: readonly TraceOutcome[];
  /** What of the device could not be recorded, beside what the profile warns of. */
  readonly warnings: readonly Warning[];
}

/** Time that is kept back for each network: a baseline at the end, by which drift is seen, and its kernel trace. */
const endingSeconds: Seconds = 15;
/** Part of the time that is kept back at most. */
const mostKeptBack = 0.3;

/**
 * Records a device: networks alone on the whole of it and on its pieces, in pairs, and the kernels of each. The most useful comes first, so that whatever
 * time is given yields a table that can be fitted; the next call goes on from there.
 *
 * @param folder  of the profile, with the kernel traces below it
 * @throws InputError before anything is measured, as {@link profile}
 */
export async function recordDevice(
  device: Executor,
  request: RecordingRequest,
  folder: string,
  { signal, onProgress }: RecordingOptions,
): Promise<RecordingEnd> {
  const executor = rememberIdentities(device);
  const { protocol, seed, workloads, pairs } = request;
  const described = (await executor.describe()).device;
  const { paired, warnings, ...pieces } = await choosePieces(executor, described, request.pieces);
  const space = recordingSpace(described, { workloads, ...pieces, paired: pairs ? paired : undefined });
  const deadline = startDeadline(request, signal);
  const sink = await openJournal(folder);
  const measureWithin = (part: Space, within: AbortSignal) =>
    profile(executor, part, protocol, sink, {
      ...{ seed, signal: within },
      onProgress: (progress) => onProgress({ ...progress, secondsLeft: deadline.least(progress.secondsLeft) }),
    });
  try {
    let end = await measureWithin(space, deadline.measuring);
    const traces = await traceAll(request, folder, deadline, onProgress);
    // The whole device is measured already: what is left of that part is the baselines that close the round.
    if (end.status === "aborted") end = await measureWithin({ ...space, further: [] }, deadline.ending);
    const stages = end.profile === null ? [] : countStages(space, end.profile);
    return { status: statusOf(stages, traces, signal), profile: end.profile, stages, traces, warnings };
  } finally {
    deadline.clear();
    await sink.close();
  }
}

/** When a recording has to end. */
interface Deadline {
  /** Ends measuring: what must still be done at the end has its time kept back. */
  readonly measuring: AbortSignal;
  readonly ending: AbortSignal;
  /** The time left, whichever ends first. */
  least(secondsLeft: Seconds | null): Seconds | null;
  clear(): void;
}

function startDeadline({ budgetSeconds, workloads }: RecordingRequest, signal: AbortSignal): Deadline {
  if (budgetSeconds === null) return { measuring: signal, ending: signal, least: (seconds) => seconds, clear() {} };
  const keptBack = Math.min(mostKeptBack * budgetSeconds, endingSeconds * workloads.length);
  const [measuring, ending] = [new AbortController(), new AbortController()];
  const end = monotonicSeconds() + budgetSeconds;
  const timers = [
    setTimeout(() => measuring.abort(), (budgetSeconds - keptBack) * 1e3),
    setTimeout(() => ending.abort(), budgetSeconds * 1e3),
  ];
  return {
    measuring: AbortSignal.any([signal, measuring.signal]),
    ending: AbortSignal.any([signal, ending.signal]),
    least: (seconds) => Math.max(0, Math.min(end - monotonicSeconds(), seconds ?? Number.POSITIVE_INFINITY)),
    clear: () => timers.forEach(clearTimeout),
  };
}

async function traceAll(
  { workloads, traceKernels }: RecordingRequest,
  folder: string,
  deadline: Deadline,
  onProgress: RecordingOptions["onProgress"],
): Promise<readonly TraceOutcome[]> {
  const outcomes: TraceOutcome[] = [];
  if (traceKernels === null) return outcomes;
  for (const [done, workload] of workloads.entries()) {
    const current = `kernels of ${workload.name}`;
    onProgress({ done, total: workloads.length, current, secondsLeft: deadline.least(null) });
    outcomes.push(await traceOne(workload, traceKernels, folder, deadline.ending));
  }
  return outcomes;
}

/** A trace that cannot be had is no reason to lose the others. */
async function traceOne(
  workload: Workload,
  traceKernels: NonNullable<RecordingRequest["traceKernels"]>,
  folder: string,
  ending: AbortSignal,
): Promise<TraceOutcome> {
  const file = join(kernelsFolder, kernelTraceFile(workload.name));
  const path = join(folder, file);
  if (existsSync(path)) return { workload: workload.name, file, reason: "" };
  if (ending.aborted) return { workload: workload.name, file: null, reason: outOfTime };
  try {
    const trace = await traceKernels(workload);
    if (trace === null) return { workload: workload.name, file: null, reason: untold };
    mkdirSync(join(folder, kernelsFolder), { recursive: true });
    saveJson(path, trace);
    return { workload: workload.name, file, reason: "" };
  } catch (error) {
    return { workload: workload.name, file: null, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Why there is no trace, and never will be. */
export const untold = "its engine does not tell its operations";
const outOfTime = "the time was spent";

function statusOf(
  stages: readonly StageCount[],
  traces: readonly TraceOutcome[],
  signal: AbortSignal,
): RecordingEnd["status"] {
  if (signal.aborted) return "aborted";
  const open = stages.length === 0 || stages.some(({ done, planned }) => done < planned);
  return open || traces.some(({ reason }) => reason === outOfTime) ? "out of time" : "complete";
}
