import {
  type Executor,
  type ExecutorChoice,
  executors,
  type ModeMeasuring,
  type ModeRun,
  modeTable,
  openModeMeasuring,
  orinWorkloads,
  protocols,
} from "@partitune/profiler";
import { InputError, loadProfile, type Profile, type Warning } from "@partitune/schema";
import { assumedNoise, type ModeSource, toModeTables } from "@partitune/solver";
import { parseCounts } from "./parseLists.ts";
import { readWorkloads, type WorkloadOptions } from "./readWorkloads.ts";
import { withExecutor } from "./withExecutor.ts";

/** A source of measurements that the command line has opened. */
export interface OpenModeSource extends ModeSource {
  warnings(): readonly Warning[];
  close(): Promise<void>;
}

/** The options that name a source. */
export interface ModeSourceOptions extends WorkloadOptions {
  readonly train?: string;
  readonly batches?: string;
  readonly serve?: readonly string[];
  readonly executor?: keyof typeof executors;
  readonly card?: string;
  readonly protocol: keyof typeof protocols;
  readonly journal?: string;
  readonly seed: string;
}

/**
 * Opens the source of a search: a recorded profile, or an executor that measures what it is asked.
 *
 * @param profile  folder of a profile; undefined with --executor
 * @param onMeasure  told before each measurement that is really made
 * @throws InputError when there is neither or both, or the device cannot be measured
 */
export async function openModeSource(
  profile: string | undefined,
  options: ModeSourceOptions,
  onMeasure: (run: ModeRun) => void,
): Promise<OpenModeSource> {
  const { executor } = options;
  if ((profile === undefined) === (executor === undefined)) {
    throw new InputError({
      what: "the command line",
      problem: profile === undefined ? "names nothing to measure on" : "names a profile and an executor",
      advice: "give a profile folder, or --executor to measure on a device",
    });
  }
  return executor === undefined ? recorded(profile!, options) : live(executor, options, onMeasure);
}

function recorded(path: string, options: ModeSourceOptions): OpenModeSource {
  const { journal } = options;
  if (journal !== undefined) {
    throw new InputError({
      what: `option --journal "${journal}"`,
      problem: "has no effect on a recorded profile",
      advice: "leave it out, or measure with --executor",
    });
  }
  const profile = inOneBatch(loadProfile(path), options);
  const { noise } = toModeTables(profile);
  const { device, workloads } = profile;
  return { device, workloads, gridSource: profile, noise, ...answering(modeTable(profile)), close: async () => {} };
}

/** Where only one of a training's batches is asked for, the profile as if the others had not been measured: then the batch need not be chosen. */
function inOneBatch(profile: Profile, { train, batches, serve }: ModeSourceOptions): Profile {
  const wanted =
    train === undefined || batches === undefined || serve !== undefined ? [] : parseCounts("--batches", batches);
  const training = profile.workloads.find(({ name, task }) => name === train && task === "training");
  if (wanted.length !== 1 || training?.batches.includes(wanted[0]!) !== true) return profile;
  return {
    ...profile,
    workloads: profile.workloads.map((workload) =>
      workload === training ? { ...training, batches: wanted } : workload,
    ),
    measurements: profile.measurements.filter(
      ({ point: { config } }) => config.workload !== training.name || config.batch === wanted[0],
    ),
  };
}

async function live(
  name: keyof typeof executors,
  options: ModeSourceOptions,
  onMeasure: (run: ModeRun) => void,
): Promise<OpenModeSource> {
  const { seed, card } = options;
  const choice: ExecutorChoice = { seed, ...(card === undefined ? {} : { card }) };
  const executor: Executor = executors[name](choice);
  return measuringOn(executor, options, onMeasure).catch((error) =>
    withExecutor(executor, () => Promise.reject(error)),
  );
}

async function measuringOn(
  executor: Executor,
  options: ModeSourceOptions,
  onMeasure: (run: ModeRun) => void,
): Promise<OpenModeSource> {
  const named = readWorkloads(options, [1, 2, 4, 8]);
  const workloads = named.length > 0 || !executor.engines.includes("synthetic-board") ? named : orinWorkloads;
  const measuring = await openModeMeasuring({
    executor,
    protocol: protocols[options.protocol],
    workloads,
    onMeasure,
    ...(options.journal === undefined ? {} : { folder: options.journal }),
  });
  const { device } = measuring;
  const opened = { device, workloads, gridSource: device, noise: assumedNoise };
  const close = () => withExecutor(executor, () => measuring.close());
  return { ...opened, ...answering(measuring), close };
}

function answering(measuring: ModeMeasuring): Pick<OpenModeSource, "measure" | "warnings"> {
  return { measure: (run, signal) => measuring.measure(run, signal), warnings: () => measuring.warnings() };
}
