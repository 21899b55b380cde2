import { chmod, rm } from "node:fs/promises";
import { fileProblem, InputError, type RestoreStep, restoreStep, toolName } from "@partitune/schema";
import { identifyProcess } from "../identifyProcess.ts";
import { lockFolder } from "../lockFolder.ts";
import { makeFolder } from "../makeFolder.ts";
import type { CardDriverOptions } from "../nvidia/openCardDriver.ts";
import { describeFailure } from "../restorers/describeFailure.ts";
import { createRestoreFile } from "./createRestoreFile.ts";
import { finishRestoring, timestamp } from "./finishRestoring.ts";
import { GuardLost, GuardRefusal } from "./guardLink.ts";
import type { GuardPatience, GuardSettings } from "./guardProtocol.ts";
import { type GuardKeeper, keepGuard } from "./keepGuard.ts";
import { type NumberedStep, putBack } from "./putBack.ts";
import { refuseLeftover } from "./refuseLeftover.ts";
import { reportOf } from "./reportOf.ts";
import { inodeOf, openRestoreLog } from "./restoreLog.ts";
import { type RestorePaths, restoreFolder, restoreLock, restorePaths } from "./restorePaths.ts";
import type { Restoration, RestoreReport } from "./restoreStep.ts";
import { restoreWorld } from "./restoreWorld.ts";

export interface RestorationOptions {
  /** The device by a name that no other of this machine has, such as a card's UUID. */
  readonly device: string;
  /** Folder of the restore files instead of this machine's usual one (see {@link restoreFolder}). */
  readonly folder?: string;
  readonly patience?: Partial<GuardPatience>;
  /** Where the cards' driver is found, when not in the usual places. */
  readonly driver?: CardDriverOptions;
}

/** A device under guard. */
export interface GuardedRestoration extends Restoration {
  /** The restore file. */
  readonly file: string;
  /**
   * Aborted, with an InputError as its reason, when the guard has put the device back since this process was stopped or hung: what is
   * measured from then on is measured on other settings than it seems.
   */
  readonly signal: AbortSignal;
  /** Puts some steps back now, latest first. What is back is forgotten; the rest is tried again at the end. */
  undo(steps: readonly RestoreStep[]): Promise<RestoreReport>;
}

export const guardPatience: GuardPatience = {
  tickSeconds: 1,
  stoppedSeconds: 10,
  quietSeconds: 60,
  busySeconds: 600,
  answerSeconds: 30,
};

/**
 * Begins to use a device: from now on everything that is added is put back when this process releases it or ends, however it ends.
 *
 * A guard process of its own session holds the other end of a pipe. It puts everything back at the end of the pipe, when it is asked to,
 * and when this process is stopped or hangs. When it is killed itself, another takes over; when both are, the restore file remains, and
 * nobody measures on the device until `partitune restore` has run.
 *
 * @throws InputError when the device is in use or was left changed, or a restore file cannot be written; nothing is changed then
 */
export async function openRestoration(options: RestorationOptions): Promise<GuardedRestoration> {
  const { device, folder } = options;
  const paths = restorePaths(restoreFolder(folder), device);
  const unlock = await writing(paths.folder, async () => {
    await makeFolder(paths.folder);
    await chmod(paths.folder, 0o755); // a file that others could replace is not trusted
    return lockFolder(paths.folder, restoreLock);
  });
  try {
    await refuseLeftover(device, folder);
    return await begin(paths, options);
  } finally {
    await unlock();
  }
}

async function begin(
  paths: RestorePaths,
  { device, patience, driver = {} }: RestorationOptions,
): Promise<GuardedRestoration> {
  const owner = await identifyProcess(process.pid);
  const made = { tool: toolName, at: timestamp(), seed: null, inputs: [] };
  await writing(paths.file, () =>
    createRestoreFile(paths, { type: "header", kind: "restore", version: 1, made, device, owner }),
  );
  const inode = inodeOf(paths.file);
  const settings = { paths, inode, owner, recordedBy: owner, patience: { ...guardPatience, ...patience }, driver };
  const restoration = new DeviceRestoration(device, settings);
  try {
    await restoration.start();
    return restoration;
  } catch (error) {
    await rm(paths.file, { force: true });
    throw unguarded(device, error);
  }
}

class DeviceRestoration implements GuardedRestoration {
  readonly file: string;
  readonly #device: string;
  readonly #settings: GuardSettings;
  readonly #surrender = new AbortController();
  readonly #steps = new Map<number, RestoreStep>();
  #keeper: GuardKeeper | undefined;
  #added = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #report: Promise<RestoreReport> | undefined;

  constructor(device: string, settings: GuardSettings) {
    this.file = settings.paths.file;
    this.#device = device;
    this.#settings = settings;
  }

  get signal(): AbortSignal {
    return this.#surrender.signal;
  }

  async start(): Promise<void> {
    this.#keeper = await keepGuard(
      this.#settings,
      () => this.#known(),
      (reason) => this.#surrender.abort(surrendered(this.#device, reason)),
    );
  }

  add(step: RestoreStep): Promise<void> {
    const checked = restoreStep.safeParse(step);
    if (!checked.success) return Promise.reject(notRestorable(step, checked.error.issues[0]!.message));
    return this.#inTurn(async () => {
      if (this.#report !== undefined) throw notRestorable(step, "the device was given back already");
      this.signal.throwIfAborted();
      this.#added += 1;
      await this.#ask({ type: "add", number: this.#added, step: checked.data }, step);
      this.#steps.set(this.#added, step);
      this.signal.throwIfAborted();
    });
  }

  undo(steps: readonly RestoreStep[]): Promise<RestoreReport> {
    return this.#inTurn(async () => {
      const numbers = this.#known()
        .filter(({ step }) => steps.includes(step))
        .map(({ number }) => number);
      const outcomes = await this.#keeper!.ask({ type: "undo", numbers }).catch((error: unknown) => {
        throw error instanceof GuardLost ? unguarded(this.#device, error) : error;
      });
      for (const { number, reason } of outcomes) if (reason === undefined) this.#steps.delete(number);
      return reportOf(outcomes);
    });
  }

  release(): Promise<RestoreReport> {
    this.#report ??= this.#inTurn(async () => reportOf(await this.#keeper!.release().catch(() => this.#restoreHere())));
    return this.#report;
  }

  async #ask(message: Parameters<GuardKeeper["ask"]>[0], step: RestoreStep): Promise<void> {
    try {
      await this.#keeper!.ask(message);
    } catch (error) {
      this.signal.throwIfAborted();
      if (error instanceof InputError) throw error;
      throw error instanceof GuardRefusal ? notRestorable(step, error.message) : unguarded(this.#device, error);
    }
  }

  /** When no guard can be had. */
  async #restoreHere() {
    const world = restoreWorld(true, this.#settings.driver);
    try {
      const open = { paths: this.#settings.paths, log: openRestoreLog(this.file, this.#settings.inode) };
      return await finishRestoring(open, this.#known(), world, "released, without a guard");
    } catch {
      return await putBack(this.#known(), world, () => {}); // the file is gone, too
    } finally {
      await world.close();
    }
  }

  #known(): readonly NumberedStep[] {
    return [...this.#steps].map(([number, step]) => ({ number, step }));
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(action, action);
    this.#turn = turn;
    return turn;
  }
}

/** Says which path could not be used. */
async function writing<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof InputError) throw error;
    const problem = fileProblem(path, error);
    const advice = "check its rights and the space left, or choose another folder with PARTITUNE_RESTORE_DIR";
    throw new InputError({
      what: `path "${path}"`,
      problem:
        problem instanceof InputError ? problem.details.problem : `cannot be written (${describeFailure(error)})`,
      advice: `nothing was changed; ${advice}`,
    });
  }
}

function notRestorable(step: RestoreStep, reason: string): InputError {
  return new InputError({
    what: `the setting "${step.what}"`,
    problem: `could not be put back later (${reason}), so it is not changed`,
    advice: "check the rights and the path or program that it names",
  });
}

function unguarded(device: string, error: unknown): InputError {
  return new InputError({
    what: `device "${device}"`,
    problem: `has no guard that would put it back (${describeFailure(error)}), so nothing is changed`,
    advice: "check that this machine can start more processes",
  });
}

function surrendered(device: string, reason: string): InputError {
  return new InputError({
    what: `device "${device}"`,
    problem: `was put back by its guard, since this process ${reason}`,
    advice: "measure again; what was measured since then is not to be trusted",
  });
}
