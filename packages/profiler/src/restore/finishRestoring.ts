import { rmSync, statSync } from "node:fs";
import type { RestoreEntry } from "@partitune/schema";
import { describeFailure } from "../restorers/describeFailure.ts";
import type { RestoreWorld } from "../restorers/restorer.ts";
import { retireRestoreFile } from "./createRestoreFile.ts";
import { type NumberedStep, putBack, type StepOutcome } from "./putBack.ts";
import type { RestoreLog } from "./restoreLog.ts";
import type { RestorePaths } from "./restorePaths.ts";

/** A restore file at work: where it is, and where what happens is written. */
export interface OpenRestoreFile {
  readonly paths: RestorePaths;
  readonly log: RestoreLog;
}

/**
 * Puts steps back, writing down what became of each.
 *
 * What cannot be written, on a full disk, does not keep anything from being put back: then the file says less than was done.
 */
export function restoreNow(
  { log }: OpenRestoreFile,
  steps: readonly NumberedStep[],
  world: RestoreWorld,
): Promise<readonly StepOutcome[]> {
  return putBack(steps, world, ({ number, reason }) => {
    const at = timestamp();
    note(log, reason === undefined ? { type: "restored", at, number } : { type: "left", at, number, reason });
  });
}

/**
 * Puts everything back, since nothing will be changed any more. When all is back, the file moves aside.
 *
 * @param reason  why nothing will be changed any more
 */
export async function finishRestoring(
  open: OpenRestoreFile,
  steps: readonly NumberedStep[],
  world: RestoreWorld,
  reason: string,
): Promise<readonly StepOutcome[]> {
  note(open.log, { type: "closed", at: timestamp(), reason });
  const outcomes = await restoreNow(open, steps, world);
  if (outcomes.every((outcome) => outcome.reason === undefined)) tidy(open);
  open.log.close();
  return outcomes;
}

export function note(log: RestoreLog, entry: RestoreEntry): void {
  try {
    log.append(entry);
  } catch (error) {
    process.stderr.write(`${describeFailure(error)}\n`);
  }
}

/** When it fails, a restore file stays that says that nothing is left. */
function tidy({ paths, log }: OpenRestoreFile): void {
  try {
    if (!log.isAt(paths.file)) return;
    retireRestoreFile(paths);
    if (statSync(paths.log, { throwIfNoEntry: false })?.size === 0) rmSync(paths.log);
  } catch (error) {
    process.stderr.write(`${describeFailure(error)}\n`);
  }
}

export function timestamp(): string {
  return new Date().toISOString();
}
