import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
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
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new InputError({ what: `path "${path}"`, problem: "is a folder", advice: "name a file" });
  }
  const probe = join(dirname(path), `.${basename(path)}.${process.pid}.probe`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(probe, "");
    rmSync(probe);
  } catch (error) {
    throw fileProblem(path, error);
  }
}
