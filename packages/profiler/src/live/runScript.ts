import { spawn } from "node:child_process";
import { once } from "node:events";

/** What a script printed and how it ended. */
export interface ScriptResult {
  /** Exit code, or 128 when it was ended by a signal. */
  readonly code: number;
  readonly output: readonly string[];
  readonly complaints: readonly string[];
}

/**
 * Runs a script to its end, in a process group of its own, so that Ctrl-C in a terminal reaches only this process.
 *
 * @param signal  asks the script to end (SIGTERM), which is then waited for
 * @throws the signal's reason when it was aborted
 */
export async function runScript(
  path: string,
  environment: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<ScriptResult> {
  signal?.throwIfAborted();
  const child = spawn(path, [], {
    detached: true,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const abort = () => child.kill("SIGTERM");
  signal?.addEventListener("abort", abort, { once: true });
  let output = "";
  let complaints = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  try {
    const [code] = (await once(child, "close")) as [number | null];
    signal?.throwIfAborted();
    return { code: code ?? 128, output: linesOf(output), complaints: linesOf(complaints) };
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}
