import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Where root keeps restore files: settings are the machine's, and a home may be another user's under sudo. */
export const machineRestoreFolder = "/var/lib/partitune/restore";

/**
 * The folder of this machine's restore files: the one given, `PARTITUNE_RESTORE_DIR`, for root `/var/lib/partitune/restore`, else
 * `partitune/restore` in the user's state folder (`XDG_STATE_HOME`, by default `~/.local/state`).
 */
export function restoreFolder(folder?: string): string {
  const { PARTITUNE_RESTORE_DIR: chosen = "", XDG_STATE_HOME: state = "" } = process.env;
  if (folder !== undefined) return folder;
  if (chosen !== "") return chosen;
  if (process.geteuid?.() === 0) return machineRestoreFolder;
  return join(isAbsolute(state) ? state : join(homedir(), ".local/state"), "partitune/restore");
}

/** Files about one device. */
export interface RestorePaths {
  readonly folder: string;
  /** There while the device may differ from what it was. */
  readonly file: string;
  /** The latest restore file of which everything is back, as a proof. */
  readonly last: string;
  /** What the guard said when it failed. */
  readonly log: string;
}

/** @param parent  as {@link restoreFolder} gives it */
export function restorePaths(parent: string, device: string): RestorePaths {
  return restorePathsIn(join(parent, folderName(device)));
}

export function restorePathsIn(folder: string): RestorePaths {
  return {
    folder,
    file: join(folder, "restore.jsonl"),
    last: join(folder, "restored.jsonl"),
    log: join(folder, "guard.log"),
  };
}

/** Identifiers of cards stay as they are; other names are cut down to letters, with a digest that keeps them apart. */
function folderName(device: string): string {
  if (/^[A-Za-z0-9][\w.-]{0,79}$/.test(device)) return device;
  const digest = createHash("sha256").update(device).digest("hex").slice(0, 12);
  return `${device.replaceAll(/[^\w-]+/g, "-").slice(0, 40)}-${digest}`;
}

/** Held for a moment: while a restore file is looked at and made, or while it is put back by hand. */
export const restoreLock = {
  lockFile: "lock",
  problem: "is at work on a restore file",
  advice: "wait for it",
};
