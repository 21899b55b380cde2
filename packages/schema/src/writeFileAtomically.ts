import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ensureFolder } from "./ensureFolder.ts";
import { fileProblem } from "./fileProblem.ts";

/**
 * Writes a file so that a reader sees the old content or the new one, never a part, whatever happens meanwhile: into a
 * temporary file beside it, flushed to disk, then renamed over it. Missing folders are made.
 *
 * @param pieces  the text, in pieces of any size
 * @throws InputError when it cannot be written; nothing is left behind
 */
export function writeFileAtomically(path: string, pieces: Iterable<string>): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    ensureFolder(dirname(path));
    writeFlushed(temporary, pieces);
    renameSync(temporary, path);
    flushFolder(dirname(path));
  } catch (error) {
    removeIfThere(temporary);
    throw fileProblem(path, error);
  }
}

function writeFlushed(path: string, pieces: Iterable<string>): void {
  const file = openSync(path, "w");
  try {
    for (const piece of pieces) writeWhole(file, Buffer.from(piece));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** One call may write less than it is given, a nearly full disk for instance. */
function writeWhole(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}

/** The new name is safe only when the folder is on disk too. */
function flushFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** A failure to clean up must not hide why there was something to clean up. */
function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // the path itself is at fault, and the caller says so
  }
}
