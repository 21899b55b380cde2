import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { LoadProgress, LoadRequest, StreamSamples } from "./load.ts";

interface LoadMessage {
  readonly progress?: LoadProgress;
  readonly samples?: readonly StreamSamples[];
  readonly error?: string;
}

/**
 * Drives servers with open-loop load from a process of its own, whose event loop nothing else holds up.
 *
 * @param signal  ends the load early
 * @throws the signal's reason when it was aborted; an Error when a server cannot be reached or the process dies
 */
export function generateLoad(
  load: LoadRequest,
  onProgress: (progress: LoadProgress) => void,
  signal?: AbortSignal,
): Promise<readonly StreamSamples[]> {
  signal?.throwIfAborted();
  // Detached, so that Ctrl-C in a terminal reaches this process first, which then ends the load.
  const child = fork(fileURLToPath(new URL("./loadProcess.ts", import.meta.url)), {
    serialization: "advanced",
    detached: true,
    execArgv: [],
  });
  return new Promise((resolve, reject) => {
    const abort = () => {
      child.kill("SIGKILL");
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
    child.on("message", ({ progress, samples, error }: LoadMessage) => {
      if (progress !== undefined) onProgress(progress);
      if (samples !== undefined) resolve(samples);
      if (error !== undefined) reject(new Error(`load generator failed: ${error}`));
    });
    child.on("error", reject);
    child.on("exit", (code, ended) => {
      signal?.removeEventListener("abort", abort);
      reject(new Error(`load generator ended early (${ended ?? `exit code ${code}`})`));
    });
    child.send(load);
  });
}
