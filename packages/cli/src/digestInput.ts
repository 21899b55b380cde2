import { statSync } from "node:fs";
import { basename, join } from "node:path";
import { digestFile, type Made } from "@partitune/schema";

/** A file or profile folder that something was made from, with its digest, for the new file's `made`. */
export function digestInput(path: string): Made["inputs"][number] {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return { name: basename(path), sha256: digestFile(isFolder ? join(path, "measurements.csv") : path) };
}
