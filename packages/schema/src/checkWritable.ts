import { rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ensureFolder } from "./ensureFolder.ts";
import { fileProblem } from "./fileProblem.ts";
import { InputError } from "./inputError.ts";

/**
 * Finds out before a long computation whether its result can be saved, by writing and removing a file beside it. Missing
 * folders are made; a file already there is not touched.
 *
 * @param path  where the file is to go
 * @throws InputError when it could not be written there
 */
export function checkWritable(path: string): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile()) {
    const problem = there.isDirectory() ? "is a folder" : "is a device or a pipe, which writing would replace";
    throw new InputError({ what: `path "${path}"`, problem, advice: "name a file" });
  }
  const probe = join(dirname(path), `.${basename(path)}.${process.pid}.probe`);
  try {
    ensureFolder(dirname(path));
    writeFileSync(probe, "");
    rmSync(probe);
  } catch (error) {
    throw fileProblem(path, error);
  }
}
