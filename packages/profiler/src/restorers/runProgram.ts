import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import type { Seconds } from "@partitune/schema";
import { systemClock } from "../systemClock.ts";

/** How a program is run. */
export interface ProgramOptions {
  readonly argv: readonly string[];
  /** Added to this process's own. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** For its standard input. */
  readonly input?: string | undefined;
  /** When it is killed, with its group. */
  readonly withinSeconds: Seconds;
}

/** How it ended: the code is null when it was killed. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What programs print is kept up to this length. */
const longestOutput = 1 << 16;

/**
 * Runs a program without a shell, in a process group of its own, where signals of the terminal do not reach it.
 *
 * @throws the system's error when it cannot be started
 */
export async function runProgram({ argv, environment, input, withinSeconds }: ProgramOptions): Promise<ProgramEnd> {
  const [program, ...words] = argv as readonly [string, ...string[]];
  const child = spawn(program, words, { cwd: "/", detached: true, env: { ...process.env, ...environment } });
  const stdout = collect(child, "stdout");
  const stderr = collect(child, "stderr");
  child.stdin.on("error", () => {}); // it need not read what it is given
  child.stdin.end(input ?? "");
  const exited = once(child, "exit") as Promise<[number | null]>;
  const closed = once(child, "close").catch(() => {}); // the exit tells of the failure
  const limit = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), withinSeconds * 1e3);
  try {
    // Its exit, not the end of its output: a daemon that it starts may keep that open.
    const [code] = await exited;
    await Promise.race([closed, systemClock.sleep(outputSeconds)]);
    return { code, stdout: stdout(), stderr: stderr() };
  } finally {
    clearTimeout(limit);
    for (const stream of child.stdio) stream?.destroy();
  }
}

/** For output that is still in the pipe when the program has ended. */
const outputSeconds = 0.2;

function collect(child: ChildProcessWithoutNullStreams, name: "stdout" | "stderr"): () => string {
  let text = "";
  child[name].setEncoding("utf8").on("data", (more: string) => {
    text = (text + more).slice(0, longestOutput);
  });
  return () => text;
}
