import { InputError } from "@partitune/schema";

/** Orion's own settings. */
export interface OrionSettings {
  /** Multiprocessors of the device; by default 80 (V100). */
  readonly multiprocessors: number;
  /** Low operations admitted in one pass, and later ones of training, need at most this many; by default all. */
  readonly threshold: number | null;
  /** Kernel time of low operations after which all wait until those submitted have ended, ns; by default 2.5 % of the urgent task alone. */
  readonly maxLowDuration: number | null;
  /** First jobs of each low task that are let through whatever they are; 10 in the artifact, by default 0: the steady state. */
  readonly startUpJobs: number;
  /** Row of the urgent task with which the update of a training step begins; by default null: inference. */
  readonly updateRow: number | null;
}

/** Everything ways of sharing can be told; each reads what concerns it. Times in whole ns. */
export interface KernelSettings {
  /** Fill: gaps predicted to be shorter are left alone; by default 20 µs. */
  readonly minGap: number;
  /** Fill: what handing over one operation costs; by default 5 µs. */
  readonly dispatch: number;
  /** Fill: the scheduler sees no launches and trusts predictions alone; by default false. */
  readonly blind: boolean;
  /** Fill: true idle and execution times take the place of predictions; by default false. */
  readonly oracle: boolean;
  /** Fill: a gap that turned out shorter than predicted lowers what is predicted for its key from then on; by default false. */
  readonly feedback: boolean;
  /** Fill: stops for the rest of the step when gaps have held up the urgent task by more than this; by default null: never. */
  readonly maxOverrun: number | null;
  /** Fifo: operations each low task keeps in the queue; by default 8. */
  readonly window: number;
  /** Timeslice: execution time of a turn; by default 1,024 µs. */
  readonly quantum: number;
  /** Timeslice: what changing the context costs; by default 0. */
  readonly switching: number;
  /**
   * coupled: the urgent task's host launches an operation as long after the end of the one before as it did alone, so that every delay is
   * passed on in full; free: it launches when it did alone, so that later gaps absorb delays. The truth is between the two. By default coupled.
   */
  readonly host: "coupled" | "free";
  readonly orion: OrionSettings;
}

/** What a caller may say of it. */
export type KernelOptions = Partial<Omit<KernelSettings, "orion">> & { readonly orion?: Partial<OrionSettings> };

const defaultOrion: OrionSettings = {
  multiprocessors: 80,
  threshold: null,
  maxLowDuration: null,
  startUpJobs: 0,
  updateRow: null,
};

const defaults: KernelSettings = {
  minGap: 20_000,
  dispatch: 5_000,
  blind: false,
  oracle: false,
  feedback: false,
  maxOverrun: null,
  window: 8,
  quantum: 1_024_000,
  switching: 0,
  host: "coupled",
  orion: defaultOrion,
};

/** @throws InputError when a number is not a whole one in its range */
export function toKernelSettings(options: KernelOptions): KernelSettings {
  const settings = { ...defaults, ...options, orion: { ...defaultOrion, ...options.orion } };
  const { orion } = settings;
  checkWhole("minGap", settings.minGap, 0);
  checkWhole("dispatch", settings.dispatch, 0);
  checkWhole("maxOverrun", settings.maxOverrun, 0);
  checkWhole("window", settings.window, 1);
  checkWhole("quantum", settings.quantum, 1);
  checkWhole("switching", settings.switching, 0);
  checkWhole("orion.multiprocessors", orion.multiprocessors, 1);
  checkWhole("orion.threshold", orion.threshold, 0);
  checkWhole("orion.maxLowDuration", orion.maxLowDuration, 0);
  checkWhole("orion.startUpJobs", orion.startUpJobs, 0);
  checkWhole("orion.updateRow", orion.updateRow, 1);
  return settings;
}

function checkWhole(what: string, value: number | null, least: number): void {
  if (value === null || (Number.isSafeInteger(value) && value >= least)) return;
  throw new InputError({
    what: `"${what}"`,
    problem: `is ${value}`,
    advice: `give a whole number of at least ${least}; times are in ns`,
  });
}
