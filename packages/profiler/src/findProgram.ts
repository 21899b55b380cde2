import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The path of a program on the search path, or undefined where there is none of this name. */
export function findProgram(name: string, searchPath: string = process.env.PATH ?? ""): string | undefined {
  return searchPath
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
