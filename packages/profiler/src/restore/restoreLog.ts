import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, statSync, writeSync } from "node:fs";
import type { RestoreEntry } from "@partitune/schema";

/** A restore file that is written on. */
export interface RestoreLog {
  /**
   * Adds a line that survives a power cut. One that does not fit is taken out again, so that the file stays whole.
   *
   * @throws the system's error
   */
  append(entry: RestoreEntry): void;
  /** Whether the file of this name is this one, and not another process's that has taken its place. */
  isAt(path: string): boolean;
  close(): void;
}

/** What tells a file from another of the same name. */
export function inodeOf(path: string): number {
  return statSync(path).ino;
}

const newline = 0x0a;

/**
 * Opens a restore file that is there, behind its last whole line: a torn one was never answered for, so nothing was changed after it.
 *
 * @param inode  of the file that is meant, as {@link inodeOf} tells
 * @throws the system's error, or an Error when another file has taken its place
 */
export function openRestoreLog(path: string, inode: number): RestoreLog {
  const file = openSync(path, "r+");
  if (fstatSync(file).ino !== inode) throw new Error(`another restore file has taken the place of ${path}`);
  let length = wholeLength(file);
  ftruncateSync(file, length);
  return {
    append(entry) {
      const line = Buffer.from(`${JSON.stringify(entry)}\n`);
      try {
        for (let done = 0; done < line.length; ) done += writeSync(file, line, done, undefined, length + done);
        fsyncSync(file);
      } catch (error) {
        ftruncateSync(file, length);
        throw error;
      }
      length += line.length;
    },
    isAt: (at) => statSync(at, { throwIfNoEntry: false })?.ino === inode,
    close: () => closeSync(file),
  };
}

function wholeLength(file: number): number {
  const bytes = Buffer.alloc(fstatSync(file).size);
  readSync(file, bytes, 0, bytes.length, 0);
  return bytes.lastIndexOf(newline) + 1;
}
