import { writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import type { EmittedFile } from "@partitune/emitter";
import { ensureFolder, InputError } from "@partitune/schema";

/**
 * Writes emitted files into a folder, which is made if need be; files of the same name are replaced.
 *
 * @throws InputError when the folder cannot be written, or a path leads out of it
 */
export function saveFiles(folder: string, files: readonly EmittedFile[]): void {
  for (const { path, content, executable } of files) {
    if (path.startsWith("/") || normalize(path).startsWith(".."))
      throw new InputError({
        what: `file "${path}"`,
        problem: "leads out of its folder",
        advice: "give a path inside",
      });
    const target = join(folder, path);
    try {
      ensureFolder(dirname(target));
      writeFileSync(target, content, { mode: executable ? 0o755 : 0o644 });
    } catch (error) {
      throw new InputError({
        what: `file "${target}"`,
        problem: `cannot be written (${error instanceof Error ? error.message : String(error)})`,
        advice: "choose a folder that can be made and written",
      });
    }
  }
}
