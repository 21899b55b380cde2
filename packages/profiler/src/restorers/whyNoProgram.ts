import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

/** @returns why a program cannot be started by this name; undefined when it can */
export function whyNoProgram(name: string, searchPath: string): string | undefined {
  if (name.includes("/") && !isAbsolute(name)) return `program "${name}" is named by a path that is not absolute`;
  const places = isAbsolute(name) ? [name] : searchPath.split(delimiter).map((place) => join(place, name));
  return places.some(isExecutable) ? undefined : `program "${name}" is not found, or may not be run`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
