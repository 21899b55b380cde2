import { recordCudaKernels, recordKernels } from "@partitune/profiler";
import { InputError, type KernelTrace, type Workload } from "@partitune/schema";
import { Command } from "commander";
import { collectValues } from "../collectValues.ts";
import { formatKernelTrace } from "../formatKernelTrace.ts";
import { madeNow } from "../made.ts";
import { parseCount } from "../parseLists.ts";
import { parseWorkload } from "../parseWorkload.ts";
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
  readonly shape?: readonly string[];
  readonly python?: string;
  readonly training?: boolean;
  readonly json?: boolean;
}

export function recordCommand(): Command {
  return new Command("record")
    .description(
      "Runs a network and records what it consists of: with PyTorch the kernels on a card, else the operators on this machine's processor, a kernel trace without a GPU.",
    )
    .argument(
      "<network>",
      "a network of the zoo such as zoo:resnet18@112, an .onnx file, or one of PyTorch such as pytorch:torchvision:resnet50",
    )
    .requiredOption("--out <file>", "file of the kernel trace")
    .option("--task <name>", "name of the task; the network's when absent")
    .option("--steps <number>", "runs that are recorded", "8")
    .option("--warmup <number>", "runs before them that are left out", "3")
    .option("--threads <number>", "threads that share the work of one operator", "1")
    .option("--batch <number>", "inputs of one run", "1")
    .option("--shape <input=dimensions>", "sizes of an input, without the batch; may be repeated", collectValues)
    .option("--training", "record steps of training; only with PyTorch")
    .option("--python <program>", "the interpreter that has PyTorch; python3 when absent")
    .option("--json", "print the trace as JSON instead of the table")
    .addHelpText(
      "after",
      `
Examples:
  $ partitune kernels record zoo:resnet18@112 --out resnet18.kernels.json
  $ partitune kernels profile resnet18.kernels.json
  $ partitune kernels record pytorch:torchvision:resnet50 --batch 4 --task r50 --out r50.kernels.json

With PyTorch everything runs on the first card that CUDA shows; CUDA_VISIBLE_DEVICES chooses another one. On the processor the engine states times in whole µs. Its operators follow each other closely: on a processor there is usually nothing to gain, and the profile says so.`,
    )
    .action(record);
}

async function record(network: string, options: RecordOptions): Promise<void> {
  const { out, task = network, json } = options;
  checkOutput({ out });
  const workload = { ...readNetwork(network, options), name: task };
  const progress = startProgress("record");
  try {
    progress.update({ what: network });
    const recorded = await recordNetwork(workload, options);
    const trace = { ...recorded, task };
    progress.end();
    warn(trace.warnings);
    if (json !== true) process.stdout.write(formatKernelTrace(trace));
    writeOutput(trace, { out, ...(json === undefined ? {} : { json }) });
  } finally {
    progress.end();
  }
}

function readNetwork(network: string, { batch, shape = [], python, training }: RecordOptions): Workload {
  const words = { shapes: shape, ...(python === undefined ? {} : { python }) };
  const workload = parseWorkload(`network=${network}`, [parseCount("--batch", batch)], words);
  const option = training === true ? "--training" : python === undefined ? undefined : "--python";
  if (option !== undefined && workload.engine.engine !== "pytorch") {
    throw new InputError({
      what: `option ${option}`,
      problem: `has no effect on "${network}"`,
      advice: "leave it out, or record a network of PyTorch",
    });
  }
  return training === true ? { ...workload, task: "training" } : workload;
}

function recordNetwork(
  { engine, ...workload }: Workload,
  { steps, warmup, threads }: RecordOptions,
): Promise<KernelTrace> {
  const counts = {
    steps: parseCount("--steps", steps),
    threads: parseCount("--threads", threads),
    batch: workload.batches[0]!,
    made: madeNow("1"),
  };
  if (engine.engine === "pytorch") {
    return recordCudaKernels({ ...workload, engine }, { ...counts, warmup: parseCount("--warmup", warmup) });
  }
  if (engine.engine === "onnx") {
    const shapes = engine.shapes === undefined ? {} : { shapes: engine.shapes };
    return recordKernels(engine.model, { ...counts, ...shapes, warmup: parseCount("--warmup", warmup, 0) });
  }
  throw new InputError({
    what: `engine "${engine.engine}"`,
    problem: "does not tell its operations",
    advice: "record a network of the zoo, an .onnx file or a network of PyTorch",
  });
}
