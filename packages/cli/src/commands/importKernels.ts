import { importKernels, type KernelFormat, kernelImporters } from "@partitune/profiler";
import { describeInput, InputError } from "@partitune/schema";
import { Command, Option } from "commander";
import { exitCodes } from "../exitCodes.ts";
import { formatKernelTrace } from "../formatKernelTrace.ts";
import { madeNow } from "../made.ts";
import { parseCount } from "../parseLists.ts";
import { warn } from "../warn.ts";
import { checkOutput, writeOutput } from "../writeOutput.ts";

interface ImportKernelsCommandOptions {
  readonly task: string;
  readonly out: string;
  readonly format?: KernelFormat;
  readonly device?: string;
  readonly skipSteps: string;
  readonly stepMarker?: string;
  readonly wholeTrace?: boolean;
  readonly json?: boolean;
}

const formats = Object.keys(kernelImporters);

export function importKernelsCommand(): Command {
  return new Command("kernels")
    .description(
      "A trace of kernels that another tool recorded: what a task ran on a device, step by step, and how long the device was idle in between.",
    )
    .argument("<file>", "the trace, plain or gzipped, of any size")
    .requiredOption("--task <name>", "what ran: a network, a job")
    .requiredOption("--out <file>", "file of the kernel trace")
    .addOption(new Option("--format <format>", "of the trace; without it, the one that recognises it").choices(formats))
    .option("--device <number>", "the device to take, as the trace numbers it, where several ran operations")
    .option("--skip-steps <number>", "steps to leave out at the beginning, while the task warms up", "0")
    .option("--step-marker <name>", "name of the annotation that encloses a step, alone or followed by # and a number")
    .option("--whole-trace", "take the whole trace as one step")
    .option("--json", "print the trace as JSON instead of the table")
    .addHelpText(
      "after",
      `
Examples:
  $ partitune import kernels worker0.pt.trace.json.gz --task resnet50 --skip-steps 1 --out resnet50.kernels.json
  $ partitune import kernels eval.json --task bert --step-marker forward --out bert.kernels.json
  $ partitune import kernels report.sqlite --task llm --device 0 --step-marker iteration --out llm.kernels.json
  $ partitune import kernels resnet50_4_fwd.csv --task resnet50 --out filler.kernels.json

Without --step-marker or --whole-trace, steps are those of the format: ProfilerStep#N for kineto; the same, or the rounds of what repeats itself where
no range is named so, for nsys; runs for onnxruntime. Files of orion and reef are one step without idle times. Operations belong to the step in which
they were launched; those without a launch are left out and counted. Of a damaged file, what can be read is imported, and what was lost is said.

Exit codes: 0 imported; 1 the file is sound but holds nothing to import; 2 bad input.`,
    )
    .action(importTrace);
}

async function importTrace(file: string, options: ImportKernelsCommandOptions): Promise<void> {
  const { task, out, format, device, skipSteps, stepMarker, wholeTrace, json } = options;
  if (wholeTrace === true && stepMarker !== undefined) throw bothSteps();
  checkOutput({ out });
  const imported = await importKernels(file, {
    task,
    made: madeNow(null, [describeInput(file)]),
    skipSteps: parseCount("--skip-steps", skipSteps, 0),
    ...(format === undefined ? {} : { format }),
    ...(device === undefined ? {} : { device: parseCount("--device", device, 0) }),
    ...(stepMarker === undefined ? {} : { stepMarker }),
    ...(wholeTrace === undefined ? {} : { wholeTrace }),
  });
  if (imported.status === "empty") {
    process.stderr.write(`nothing to import: ${imported.reason}\n`);
    process.exitCode = exitCodes.no;
    return;
  }
  warn(imported.trace.warnings);
  if (json !== true) process.stdout.write(formatKernelTrace(imported.trace));
  writeOutput(imported.trace, { out, ...(json === undefined ? {} : { json }) });
}

function bothSteps(): InputError {
  return new InputError({
    what: "the command line",
    problem: "has both --step-marker and --whole-trace",
    advice: "choose one of them",
  });
}
