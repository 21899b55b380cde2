import { accessSync, closeSync, constants, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Files of a board's kernel, by their paths on the board. */
export interface BoardFiles {
  /** Where such a path stands on this machine. */
  locate(path: string): string;
  /** The text of a file without the space around it. Throws as the file system does. */
  read(path: string): string;
  /** Gives an existing file another text, in one piece. Throws as the file system does: a setting that is not there is never created. */
  write(path: string, text: string): void;
  /** Whether this process may write a file that is there. */
  isWritable(path: string): boolean;
  /** Names in a folder, sorted as numbers where they end in one; none where the folder cannot be read. */
  list(folder: string): readonly string[];
}

/**
 * The files of a board below a root: `/` on the board itself, another folder where its files are mounted or modelled elsewhere.
 *
 * Access is synchronous: a file of /sys takes microseconds, one of a power monitor up to a few milliseconds.
 */
export function boardFiles(root = "/"): BoardFiles {
  const locate = (path: string) => (root !== "/" && path.startsWith(`${root}/`) ? path : join(root, path));
  return {
    locate,
    // The device tree ends its texts with a zero byte.
    read: (path) => readFileSync(locate(path), "utf8").replaceAll("\0", "").trim(),
    write(path, text) {
      const file = openSync(locate(path), constants.O_WRONLY | constants.O_TRUNC);
      try {
        writeSync(file, text);
      } finally {
        closeSync(file);
      }
    },
    isWritable(path) {
      try {
        accessSync(locate(path), constants.W_OK);
        return true;
      } catch {
        return false;
      }
    },
    list(folder) {
      try {
        return readdirSync(locate(folder)).toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }));
      } catch {
        return [];
      }
    },
  };
}

/** The text of a file, undefined where it cannot be read: it is missing, needs rights, or its part of the chip is switched off. */
export function textOf(files: BoardFiles, path: string): string | undefined {
  try {
    return files.read(path);
  } catch {
    return undefined;
  }
}

/** The number in a file, undefined where it cannot be read or is none. */
export function numberOf(files: BoardFiles, path: string): number | undefined {
  const text = textOf(files, path);
  const value = text === undefined || text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}
