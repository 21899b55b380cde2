import { mkdtemp, readdir, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { InputError, type KernelTrace, type Made } from "@partitune/schema";
import { importKernels } from "./importers/kernels/importKernels.ts";
import { openOnnxModel } from "./workers/openOnnxModel.ts";
import type { Shapes } from "./workers/parseShapes.ts";

/** What is run and recorded. */
export interface RecordKernelsOptions {
  /** Runs that are recorded and kept, at least 1. */
  readonly steps: number;
  /** Runs before them that are left out, at least 0. */
  readonly warmup: number;
  /** Threads that share the work of one operator, at least 1. */
  readonly threads: number;
  /** Inputs of one run, at least 1; 1 when absent. */
  readonly batch?: number;
  /** Sizes of open dimensions, by input, the batch left out. */
  readonly shapes?: Shapes;
  /** Folder of built networks; the zoo's default when absent. */
  readonly zooFolder?: string;
  readonly made: Made;
}

/**
 * Runs a network on this machine's processor, operator by operator, and records what each run takes: a kernel trace without any
 * accelerator. The engine itself writes down when each operator began and ended (whole µs).
 *
 * @param model  path of an .onnx file, or a network of the zoo such as "zoo:resnet18@112"
 * @throws InputError when the network cannot be opened or run in this batch, or a number is out of range
 */
export async function recordKernels(model: string, options: RecordKernelsOptions): Promise<KernelTrace> {
  const { steps, warmup, threads, batch = 1, shapes = {}, zooFolder, made } = options;
  checkCounts({ steps, threads, batch }, warmup);
  const folder = await mkdtemp(join(tmpdir(), "partitune-record-"));
  try {
    const network = await openOnnxModel({
      model,
      threads,
      shapes,
      seed: "1",
      ...(zooFolder === undefined ? {} : { zooFolder }),
      profilePrefix: join(folder, "profile"),
    });
    network.prepare(batch);
    for (let run = 0; run < warmup + steps; run++) await network.infer(batch);
    network.endProfiling();
    const trace = await readRecording(folder, { task: model, made, skipSteps: warmup });
    const warnings = trace.warnings.map((warning) => ({ ...warning, where: model }));
    return { ...trace, deviceName: cpus()[0]?.model.trim() ?? null, warnings };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The engine adds the time of day to the name of the file. */
async function readRecording(
  folder: string,
  options: { readonly task: string; readonly made: Made; readonly skipSteps: number },
): Promise<KernelTrace> {
  const [file] = await readdir(folder);
  if (file === undefined) throw new Error(`the engine wrote no profile into ${folder}`);
  const read = await importKernels(join(folder, file), { ...options, format: "onnxruntime" });
  if (read.status === "imported") return read.trace;
  throw new Error(`the engine recorded nothing: ${read.reason}`);
}

function checkCounts(positive: Readonly<Record<string, number>>, warmup: number): void {
  const wrong = Object.entries(positive).find(([, value]) => !Number.isSafeInteger(value) || value < 1);
  if (wrong !== undefined) throw noCount(wrong[0], wrong[1], 1);
  if (!Number.isSafeInteger(warmup) || warmup < 0) throw noCount("warmup", warmup, 0);
}

function noCount(what: string, value: number, least: number): InputError {
  return new InputError({
    what: `${what} ${value}`,
    problem: `is no whole number from ${least} on`,
    advice: `give ${least} or more`,
  });
}
