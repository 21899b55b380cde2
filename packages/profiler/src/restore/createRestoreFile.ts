import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { RestoreHeader } from "@partitune/schema";
import type { RestorePaths } from "./restorePaths.ts";

/**
 * Makes a restore file with its header, readable by its owner alone; one that was there is replaced.
 *
 * @throws the system's error
 */
export async function createRestoreFile({ folder, file }: RestorePaths, header: RestoreHeader): Promise<void> {
  const draft = `${file}.draft`;
  await rm(draft, { force: true });
  const handle = openSync(draft, "wx", 0o600);
  try {
    writeFileSync(handle, `${JSON.stringify(header)}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(draft, file);
  flushFolder(folder);
}

/** Everything is back: the file moves aside, as a proof. */
export function retireRestoreFile({ folder, file, last }: RestorePaths): void {
  renameSync(file, last);
  flushFolder(folder);
}

/** A name is safe only when the folder is on disk too. */
function flushFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
