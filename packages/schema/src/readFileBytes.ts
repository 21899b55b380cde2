import { readFileSync } from "node:fs";
import { fileProblem } from "./fileProblem.ts";

/**
 * All bytes of a file.
 *
 * @throws InputError when it cannot be read
 */
export function readFileBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw fileProblem(path, error);
  }
}
