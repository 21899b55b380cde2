import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileProblem, InputError } from "@partitune/schema";
import { isRunning } from "../identifyProcess.ts";
import { type RestoreRecord, readRestoreFile } from "./readRestoreFile.ts";
import { machineRestoreFolder, type RestorePaths, restoreFolder, restorePathsIn } from "./restorePaths.ts";

/**
 * What a restore file that is there means.
 *
 * - `in-use`: the process that wrote it runs, and a guard watches it.
 * - `restoring`: that process has ended, and its guard is at work.
 * - `left`: nobody is at work, and steps are left.
 * - `unreadable`: it is damaged, or another user's.
 */
export type PendingRestoration = {
  readonly paths: RestorePaths;
} & (
  | { readonly state: "in-use" | "restoring" | "left"; readonly record: RestoreRecord }
  | { readonly state: "unreadable"; readonly problem: InputError }
);

/**
 * The devices of this machine that are in use or were left changed: restore files in the given or usual folder and, for who is not
 * root, in root's.
 *
 * @param folder  as {@link restoreFolder} takes it
 * @throws InputError when the folder cannot be listed
 */
export async function pendingRestorations(folder?: string): Promise<readonly PendingRestoration[]> {
  const parents = restoreFolders(folder);
  const found = await Promise.all(
    parents.flatMap((parent) => listFolders(parent).map((name) => findRestoration(restorePathsIn(join(parent, name))))),
  );
  return found.filter((each) => each !== undefined);
}

/** The folders that tell about this machine. One that was chosen stands alone. */
export function restoreFolders(folder?: string): readonly string[] {
  const chosen = folder !== undefined || (process.env.PARTITUNE_RESTORE_DIR ?? "") !== "";
  return chosen ? [restoreFolder(folder)] : [...new Set([restoreFolder(), machineRestoreFolder])];
}

/** @returns undefined when nothing is left and nobody is at work */
export async function findRestoration(paths: RestorePaths): Promise<PendingRestoration | undefined> {
  try {
    const first = await look(paths);
    // Its guard may have finished after the file was read; now that nobody is at work, what it says is final.
    return first?.state === "left" ? await look(paths) : first;
  } catch (problem) {
    if (problem instanceof InputError) return { paths, state: "unreadable", problem };
    throw problem;
  }
}

async function look(paths: RestorePaths): Promise<PendingRestoration | undefined> {
  const record = readRestoreFile(paths.file);
  if (record === undefined) return undefined;
  const state = await stateOf(record);
  return state === "over" ? undefined : { paths, state, record };
}

async function stateOf({ header, guard, closed, outstanding }: RestoreRecord) {
  if (closed === undefined && (await isRunning(header.owner))) return "in-use";
  if (guard !== undefined && (await isRunning(guard))) return "restoring";
  return outstanding.length === 0 ? "over" : "left";
}

function listFolders(parent: string): readonly string[] {
  try {
    return readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch (error) {
    if (!existsSync(parent) || (parent === machineRestoreFolder && isForbidden(error))) return [];
    throw fileProblem(parent, error);
  }
}

/** Without rights in root's folder nothing is known of it. */
function isForbidden(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "EACCES";
}
