import { recordKernels } from "@partitune/profiler";
import { Command } from "commander";
import { formatKernelTrace } from "../formatKernelTrace.ts";
import { madeNow } from "../made.ts";
import { parseCount } from "../parseLists.ts";
import { startProgress } from "../progress.ts";
import { warn } from "../warn.ts";
import { checkOutput, writeOutput } from "../writeOutput.ts";

interface RecordOptions {
  readonly out: string;
  readonly task?: string;
  readonly steps: string;
  readonly warmup: string;
  readonly threads: string;
  readonly batch: string;
  readonly json?: boolean;
}

export function recordCommand(): Command {
  return new Command("record")
    .description("Runs a network on this machine's processor and records its operators: a kernel trace without a GPU.")
    .argument("<network>", "a network of the zoo such as zoo:resnet18@112, or an .onnx file")
    .requiredOption("--out <file>", "file of the kernel trace")
    .option("--task <name>", "name of the task; the network's when absent")
    .option("--steps <number>", "runs that are recorded", "8")
    .option("--warmup <number>", "runs before them that are left out", "3")
    .option("--threads <number>", "threads that share the work of one operator", "1")
    .option("--batch <number>", "inputs of one run", "1")
    .option("--json", "print the trace as JSON instead of the table")
    .addHelpText(
      "after",
      `
Example:
  $ partitune kernels record zoo:resnet18@112 --out resnet18.kernels.json
  $ partitune kernels profile resnet18.kernels.json

The engine states times in whole µs. Its operators follow each other closely: on a processor there is usually nothing to gain, and the profile says so.`,
    )
    .action(record);
}

async function record(network: string, options: RecordOptions): Promise<void> {
  const { out, task, steps, warmup, threads, batch, json } = options;
  checkOutput({ out });
  const counts = {
    steps: parseCount("--steps", steps),
    warmup: parseCount("--warmup", warmup, 0),
    threads: parseCount("--threads", threads),
    batch: parseCount("--batch", batch),
  };
  const progress = startProgress("record");
  try {
    progress.update({ what: network });
    const recorded = await recordKernels(network, { ...counts, made: madeNow("1") });
    const trace = task === undefined ? recorded : { ...recorded, task };
    progress.end();
    warn(trace.warnings);
    if (json !== true) process.stdout.write(formatKernelTrace(trace));
    writeOutput(trace, { out, ...(json === undefined ? {} : { json }) });
  } finally {
    progress.end();
  }
}
