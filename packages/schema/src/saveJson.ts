import { checkFile } from "./checkFile.ts";
import type { FileContent, FileKind } from "./fileKinds.ts";
import { writeFileAtomically } from "./writeFileAtomically.ts";

/**
 * Saves one of partitune's JSON files: checked first, so that nothing is written that could not be read back; readable; and
 * atomically, so that an interruption leaves the old file.
 *
 * @throws InputError when a field is wrong (NaN, say) or the file cannot be written
 * @example saveJson("r18.plan.json", plan)
 */
export function saveJson<K extends FileKind>(path: string, content: FileContent<K> & { readonly kind: K }): void {
  checkFile(content, path, content.kind);
  writeFileAtomically(path, [`${JSON.stringify(content, null, 2)}\n`]);
}
