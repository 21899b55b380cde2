import { checkFile } from "./checkFile.ts";
import type { FileContent, FileKind } from "./fileKinds.ts";
import { parseJson } from "./parseJson.ts";
import { readFileBytes } from "./readFileBytes.ts";

/**
 * Loads a JSON file of a known kind, checked field by field.
 *
 * @throws InputError when it cannot be read, is of another kind or a newer version, or a field is wrong or unknown
 * @example const plan = loadJson("r18.plan.json", "plan")
 */
export function loadJson<K extends FileKind>(path: string, kind: K): FileContent<K> {
  return checkFile(parseJson(readFileBytes(path), path), path, kind);
}
