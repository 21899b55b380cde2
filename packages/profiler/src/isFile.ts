import { stat } from "node:fs/promises";

/** Whether a path names a file that can be seen. */
export function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
