import { resolve } from "node:path";
import { measureTurns, type TurnsMeasurement } from "@partitune/profiler";
import {
  InputError,
  type Made,
  type ModePlan,
  type ModeReport,
  type ModeSchedule,
  type ModeTrace,
  type Warning,
} from "@partitune/schema";
import { verifyModePlan } from "@partitune/simulator";
import { formatSeconds } from "./formatNumbers.ts";
import { home } from "./home.ts";
import { printable } from "./printable.ts";
import { startProgress } from "./progress.ts";
import { stopOnSignals } from "./stopOnSignals.ts";

/** Windows and caches settle within a few; short measurements are not made longer than twice by it. */
const longestWarmup = 3;

/** How a mode plan is to be judged. */
export interface VerifyModesOptions {
  readonly seeds: number;
  readonly seed: string;
  readonly made: Made;
  /** Simulated time of a plan for each seed, rounded down to whole windows; by default long enough for every job. */
  readonly durationSeconds?: number;
  /** Carry the plan out on this machine's processor for so long; only simulate it when absent. */
  readonly live?: {
    readonly folder: string;
    readonly seconds: number;
    readonly arrivals: "even" | "jittered" | "poisson";
    /** Whether to run the same jobs unmanaged, too. */
    readonly compare: boolean;
  };
}

/** A report, and beside it the trace of the same jobs unmanaged, where that was asked for. */
export interface JudgedModes {
  readonly report: ModeReport;
  readonly unmanaged: ModeTrace | null;
}

/**
 * Judges a mode plan or schedule by simulation, and where asked for by carrying it out on this machine's processor.
 *
 * @throws InputError when a schedule is to be carried out
 */
export async function verifyModes(plan: ModePlan | ModeSchedule, options: VerifyModesOptions): Promise<JudgedModes> {
  const { live, seeds, seed, made } = options;
  const simulation = { seeds, seed, made, ...windowsOf(plan, options.durationSeconds) };
  if (live === undefined) return { report: verifyModePlan(plan, simulation), unmanaged: null };
  if (plan.kind === "mode-schedule")
    throw new InputError({
      what: "the mode schedule",
      problem: "cannot be carried out on a processor, which has no power modes to change",
      advice: "verify the plan of one period, or emit the schedule for nvpmodel or nvidia-smi",
    });
  const managed = await measure(plan, options, true);
  const unmanaged = live.compare ? await measure(plan, options, false) : null;
  const report = verifyModePlan(plan, { ...simulation, measured: managed.trace });
  const warnings: readonly Warning[] = [...report.warnings, ...managed.warnings];
  return { report: { ...report, warnings }, unmanaged: unmanaged?.trace ?? null };
}

function windowsOf(plan: ModePlan | ModeSchedule, seconds: number | undefined): { readonly windows?: number } {
  if (seconds === undefined) return {};
  if (plan.kind === "mode-schedule")
    throw new InputError({
      what: "option --duration",
      problem: "does not suit a mode schedule, whose periods say how long they last",
      advice: "leave it out",
    });
  const unit = plan.inferences[0]?.windowSeconds ?? plan.background?.expected.seconds ?? seconds;
  return { windows: Math.max(1, Math.floor(seconds / unit)) };
}

async function measure(plan: ModePlan, options: VerifyModesOptions, managed: boolean): Promise<TurnsMeasurement> {
  const { folder, seconds, arrivals } = options.live!;
  const progress = startProgress(managed ? "verify --live" : "the same unmanaged");
  const stop = stopOnSignals();
  try {
    const measurement = await measureTurns(plan, {
      folder: resolve(folder, managed ? "managed" : "unmanaged"),
      home,
      managed,
      arrivals,
      durationSeconds: seconds,
      warmupSeconds: Math.min(longestWarmup, seconds),
      seed: options.seed,
      made: options.made,
      signal: stop.signal,
      onProgress: (state) => progress.update(state),
    });
    progress.end(describe(measurement, managed));
    return measurement;
  } catch (error) {
    progress.end();
    throw error;
  } finally {
    stop.release();
  }
}

function describe({ lateness, findings }: TurnsMeasurement, managed: boolean): string {
  const jobs = lateness.map(
    ({ job, minibatches, medianSeconds, longestSeconds, expectedSeconds, worstLateSeconds }) => {
      const took =
        medianSeconds === null || longestSeconds === null
          ? ""
          : `, ${formatSeconds(medianSeconds)} in the median, ${formatSeconds(longestSeconds)} at worst, ${formatSeconds(expectedSeconds)} expected`;
      const late = worstLateSeconds === null ? "" : `, begun ${formatSeconds(worstLateSeconds)} late at worst`;
      return printable(`  ${job}: ${minibatches} minibatches${took}${late}`);
    },
  );
  const title = managed ? "carried out, measured and stopped" : "the same jobs unmanaged";
  return [title, ...jobs, ...(managed ? findings.map((finding) => printable(`  ${finding}`)) : [])].join("\n");
}
