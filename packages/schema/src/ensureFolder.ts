import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it that are missing; one that is there already is left as it is.
 *
 * Node's own recursive `mkdirSync` never returns where the system refuses a folder although the one above it exists, as /proc does (seen
 * with Node 22.23).
 *
 * @throws the system's error when one of them cannot be made
 */
export function ensureFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && isFolder(path)) return;
    if (code !== "ENOENT" || isFolder(dirname(path))) throw error;
    ensureFolder(dirname(path));
    mkdirSync(path);
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
