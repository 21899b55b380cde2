import { closeSync, openSync, readSync } from "node:fs";
import { fileProblem } from "./fileProblem.ts";

const chunkBytes = 1 << 18; // large enough that the calls cost nothing, small enough to stay in the cache

/**
 * The bytes of a file, piece by piece. A piece is valid until the next one is asked for: they share one buffer.
 *
 * @throws InputError when the file cannot be read
 */
export function* fileChunks(path: string): Generator<Buffer> {
  const file = guarded(path, () => openSync(path, "r"));
  const chunk = Buffer.allocUnsafe(chunkBytes);
  try {
    for (;;) {
      const length = guarded(path, () => readSync(file, chunk));
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}

function guarded<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw fileProblem(path, error);
  }
}
