import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { engineCommand } from "@partitune/emitter";
import { InputError, type KernelTrace, type Made, type Seconds, type Workload } from "@partitune/schema";
import { importKernels } from "./importers/kernels/importKernels.ts";
import { parseWorkerMessage } from "./workers/parseWorkerMessage.ts";

/** What is run and recorded. */
export interface RecordCudaKernelsOptions {
  /** Steps that are recorded and kept, at least 1. */
  readonly steps: number;
  /** Steps before them that are left out, at least 1: the recorder settles in them. */
  readonly warmup: number;
  /** Inputs of one step, at least 1; the first batch of the workload when absent. */
  readonly batch?: number;
  readonly made: Made;
  /** Threads of the processor that launch and prepare; 1 when absent. */
  readonly threads?: number;
  /** Variables added to the environment, such as CUDA_VISIBLE_DEVICES. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Multiprocessors of a green context in which everything runs; the whole card when absent. */
  readonly multiprocessors?: number;
  /** Longest time that loading, running and writing may take, s; 300 when absent. */
  readonly patience?: Seconds;
  /** Folder in which partitune is installed. */
  readonly home?: string;
}

const installed = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");

/**
 * Runs a PyTorch workload on a card, step by step as it is measured, and records every kernel, copy and fill with the profiler of PyTorch.
 *
 * @returns the trace of the first card that the worker sees, its task named after the workload
 * @throws InputError when the workload is none of PyTorch, or the worker cannot run or record it: no PyTorch, no card, out of memory
 */
export async function recordCudaKernels(workload: Workload, options: RecordCudaKernelsOptions): Promise<KernelTrace> {
  if (workload.engine.engine !== "pytorch") throw refusal(workload, "is none of PyTorch", "give it the engine pytorch");
  const folder = await mkdtemp(join(tmpdir(), "partitune-trace-"));
  try {
    const file = join(folder, "trace.json");
    await runTrace(workload, options, file);
    const read = await importKernels(file, { task: workload.name, made: options.made, format: "kineto" });
    if (read.status === "empty") throw refusal(workload, "ran no kernels on the card", read.reason);
    return read.trace;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runTrace(workload: Workload, options: RecordCudaKernelsOptions, file: string): Promise<void> {
  const { steps, warmup, batch = workload.batches[0]!, threads = 1, patience = 300 } = options;
  const { multiprocessors, home = installed } = options;
  const launch = engineCommand(workload, {
    ...{ threads, home, accelerator: "cuda" },
    ...(multiprocessors === undefined ? {} : { multiprocessors }),
  });
  const [python = "", worker = "", ...words] = launch.argv;
  const args = ["trace", ...words, `--batch=${batch}`, `--steps=${steps}`, `--warmup=${warmup}`, `--out=${file}`];
  const env = { ...process.env, ...launch.environment, ...options.environment };
  const { failed, stdout, stderr } = await run(python, [worker, ...args], { env, timeout: patience * 1e3 });
  if (!failed) return;
  const said = parseWorkerMessage(stdout.trim().split("\n").at(-1)!);
  const why = said?.type === "error" ? said.message : stderr.trim().split("\n").at(-1)!;
  throw refusal(workload, `cannot be recorded (${why})`, "correct its model, its shapes or its interpreter");
}

function run(
  program: string,
  args: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly timeout: number },
): Promise<{ readonly failed: boolean; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    execFile(program, [...args], { ...options, killSignal: "SIGKILL", maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const timedOut = error?.killed === true ? `it took longer than ${options.timeout / 1e3} s` : undefined;
      resolve({
        failed: error !== null,
        stdout,
        stderr: timedOut ?? (stderr === "" ? (error?.message ?? "") : stderr),
      });
    });
  });
}

function refusal(workload: Workload, problem: string, advice: string): InputError {
  return new InputError({ what: `workload "${workload.name}"`, problem, advice });
}
