import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Readable, Writable } from "node:stream";
import { type EmitOptions, emit, planId } from "@partitune/emitter";
import type { ModePlan, Warning } from "@partitune/schema";
import { DeploymentFailure } from "../live/deploymentFailure.ts";
import { runScript } from "../live/runScript.ts";
import { saveFiles } from "../live/saveFiles.ts";
import { splitLines } from "../workers/splitLines.ts";

/** Where and how a mode plan is carried out on this machine's processor. */
export interface DeployTurnsOptions extends EmitOptions {
  /** Folder for the emitted files and the log of minibatches. */
  readonly folder: string;
  /** False: every job runs whenever it has something to run. */
  readonly managed: boolean;
  readonly signal?: AbortSignal;
}

/** A mode plan that is being carried out. */
export interface RunningTurns {
  /** Socket of each inference, in the plan's order. */
  readonly sockets: readonly string[];
  /** File of every minibatch that is run. */
  readonly log: string;
  readonly findings: readonly string[];
  readonly warnings: readonly Warning[];
  /**
   * Has what has come answered, and ends everything. May be called twice.
   *
   * @throws DeploymentFailure when a worker had failed
   */
  stop(): Promise<void>;
}

/**
 * Carries a mode plan out on this machine's processor by its emitted scripts: writes them, has them check the machine, and runs the
 * start script. Everything ends with this process, however it ends, since the server ends with its standard input.
 *
 * @throws DeploymentFailure when the plan cannot be emitted, the machine cannot run it, or a worker does not start
 */
export async function deployTurns(plan: ModePlan, options: DeployTurnsOptions): Promise<RunningTurns> {
  const { signal, name } = options;
  const emission = emit(plan, "interleave", options);
  if (emission.status === "refused") {
    const reasons = emission.refusals.map(({ where, cause, advice }) => `${where}: ${cause}; ${advice}`);
    throw new DeploymentFailure("emit", `plan "${name}" cannot be carried out here:`, reasons);
  }
  const folder = resolve(options.folder);
  saveFiles(folder, emission.files);
  const runFolder = await mkdtemp(
    join(process.env.PARTITUNE_RUN_DIR ?? process.env.XDG_RUNTIME_DIR ?? tmpdir(), "partitune-"),
  );
  const environment = { PARTITUNE_RUN_DIR: runFolder };
  try {
    const check = await runScript(join(folder, "check.sh"), environment, signal);
    if (check.code !== 0)
      throw new DeploymentFailure("check", `this machine cannot run plan "${name}":`, check.output.filter(isFailure));
    const log = join(folder, "minibatches.jsonl");
    const server = await startServer(join(folder, "start.sh"), environment, log, options);
    const sockets = plan.inferences.map((_, n) => join(runFolder, planId(name), `${n}.sock`));
    const stop = stopOnce(server, runFolder, name);
    return { sockets, log, findings: check.output, warnings: emission.warnings, stop };
  } catch (error) {
    await rm(runFolder, { recursive: true, force: true });
    throw error;
  }
}

type ServerProcess = ChildProcessByStdio<Writable, Readable, Readable>;

interface Server {
  readonly child: ServerProcess;
  /** Exit code and last words, when it has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly words: readonly string[] }>;
}

async function startServer(
  script: string,
  environment: Readonly<Record<string, string>>,
  log: string,
  { managed, name, signal }: DeployTurnsOptions,
): Promise<Server> {
  signal?.throwIfAborted();
  const args = [`--log=${log}`, "--until-input-ends", ...(managed ? [] : ["--unmanaged"])];
  // Detached, so that Ctrl-C in a terminal reaches this process alone.
  const child = spawn(script, args, {
    detached: true,
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => {});
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(-4096);
  });
  const ended = once(child, "close").then(([code]) => ({
    code: code as number | null,
    words: words.split("\n").filter((line) => line !== ""),
  }));
  const serving = new Promise<void>((resolve) => {
    child.stdout.on(
      "data",
      splitLines((line) => line === '{"type":"serving"}' && resolve()),
    );
  });
  const abort = () => child.stdin.end();
  signal?.addEventListener("abort", abort, { once: true });
  try {
    const early = await Promise.race([serving, ended]);
    signal?.throwIfAborted();
    if (early !== undefined) throw new DeploymentFailure("start", `plan "${name}" did not start:`, early.words);
    return { child, ended };
  } catch (error) {
    child.stdin.end();
    await ended;
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

function stopOnce({ child, ended }: Server, runFolder: string, name: string): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    child.stdin.end();
    const { code, words } = await ended;
    await rm(runFolder, { recursive: true, force: true });
    if (code !== 0) throw new DeploymentFailure("stop", `plan "${name}" did not run to its end:`, words);
  };
  return () => {
    stopping ??= stop();
    return stopping;
  };
}

function isFailure(line: string): boolean {
  return line.startsWith("FAIL");
}
