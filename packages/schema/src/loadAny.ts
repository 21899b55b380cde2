import { statSync } from "node:fs";
import { extname } from "node:path";
import { checkFile } from "./checkFile.ts";
import type { FileContent, FileKind } from "./fileKinds.ts";
import { loadProfile } from "./loadProfile.ts";
import { parseJson } from "./parseJson.ts";
import type { Profile } from "./profile.ts";
import { readFileBytes } from "./readFileBytes.ts";

/** Whatever partitune can read; `kind` tells which. */
export type AnyContent =
  | Profile
  | { readonly [K in Exclude<FileKind, "profile">]: FileContent<K> }[Exclude<FileKind, "profile">];

/**
 * Loads any of partitune's files: a profile folder, a measurement table (`.csv`), or a JSON file of any kind.
 *
 * @throws InputError when it cannot be read or is wrong
 */
export function loadAny(path: string): AnyContent {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isFolder || extname(path).toLowerCase() === ".csv") return loadProfile(path);
  const content = checkFile(parseJson(readFileBytes(path), path), path);
  return content.kind === "profile" ? loadProfile(path) : (content as Exclude<AnyContent, Profile>);
}
