import type { WorkerErrorCode } from "./protocol.ts";
import { WorkerError } from "./workerError.ts";

/** What an error is called in the protocol, and its first line. */
export function describeError(error: unknown): { readonly code: WorkerErrorCode; readonly message: string } {
  const message = (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
  if (error instanceof WorkerError) return { code: error.code, message };
  return { code: isOutOfMemory(message) ? "out-of-memory" : "failed", message };
}

/** Engines have no code for this, only words; those of ONNX Runtime, of TensorFlow, of C++ and of V8 are known. */
function isOutOfMemory(message: string): boolean {
  return /bad[ _]alloc|out of memory|failed to allocate memory|allocation failed|cannot allocate|OOM when allocating|invalid (?:typed )?array length/i.test(
    message,
  );
}
