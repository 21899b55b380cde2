import { existsSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { digest } from "./digest.ts";
import { digestFile } from "./digestFile.ts";
import type { Made } from "./made.ts";
import { profileFiles } from "./profileFiles.ts";

/**
 * A file or profile folder as it is listed among the inputs of what is made from it. A folder's digest covers the two files
 * that make the profile, not the journal beside them.
 *
 * @throws InputError when it cannot be read
 */
export function describeInput(path: string): Made["inputs"][number] {
  const name = basename(resolve(path));
  if (!existsSync(path) || !statSync(path).isDirectory()) return { name, sha256: digestFile(path) };
  const parts = Object.values(profileFiles).map((part) => [part, digestFile(join(path, part))]);
  return { name, sha256: digest(Object.fromEntries(parts)) };
}
