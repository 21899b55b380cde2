import { basename, join, resolve } from "node:path";
import { shellQuote } from "@partitune/emitter";
import {
  cardWorkloads,
  type Executor,
  executors,
  type PieceKind,
  pieceKinds,
  type RecordingEnd,
  type RecordingRequest,
  recordDevice,
  recordingProtocol,
  recordingReadme,
  rememberIdentities,
  traceWorkload,
  untold,
} from "@partitune/profiler";
import { InputError, type Warning, type Workload, writeFileAtomically } from "@partitune/schema";
import { Command, Option } from "commander";
import { collectValues } from "../collectValues.ts";
import { exitCodes } from "../exitCodes.ts";
import { madeNow } from "../made.ts";
import { parseCount, parseCounts, parsePositive } from "../parseLists.ts";
import { formatTable } from "../printTable.ts";
import { type Progress, startProgress } from "../progress.ts";
import { readWorkloads, type WorkloadOptions } from "../readWorkloads.ts";
import { stopOnSignals } from "../stopOnSignals.ts";
import { warn } from "../warn.ts";
import { withExecutor } from "../withExecutor.ts";
import { printJson } from "../writeOutput.ts";

/** Small and large networks, of convolutions and of attention; those that cannot be started are left out. */
const torchNetworks = [
  "resnet18=pytorch:torchvision:resnet18",
  "resnet50=pytorch:torchvision:resnet50",
  "mobilenet=pytorch:torchvision:mobilenet_v2",
  "vit=pytorch:torchvision:vit_b_16",
  "bert=pytorch:transformers:bert-base-uncased",
];

/** What is recorded of a device when nothing is named. */
interface Usual {
  readonly networks: readonly string[];
  readonly batches: string;
}

/** Devices that can be recorded, and what is recorded of them when nothing is named. Others are recordings already, or somebody else's. */
const usual = {
  nvidia: { networks: torchNetworks, batches: "1,8,32" },
  jetson: { networks: torchNetworks, batches: "1,4,16" },
  cpu: {
    networks: ["resnet18=zoo:resnet18@112", "mobilenet=zoo:mobilenet-v2@112", "resnet50=zoo:resnet50@112"],
    batches: "1,2,4",
  },
  "synthetic-a100": { networks: [], batches: "1,8,32" },
} as const satisfies Partial<Record<keyof typeof executors, Usual>>;
type Recordable = keyof typeof usual;

const usualBudgetSeconds = "480";
/** Steps of a network in its kernel trace, and before it. */
const tracedSteps = 8;

interface RecordOptions extends WorkloadOptions {
  readonly out: string;
  readonly executor: Recordable;
  readonly card?: string;
  readonly budgetS: string;
  readonly rounds: string;
  readonly batches?: string;
  readonly pieces?: PieceKind;
  readonly pairs: boolean;
  readonly kernels: boolean;
  readonly seed: string;
  readonly json?: boolean;
}

export function recordCommand(): Command {
  return new Command("record")
    .description(
      "Records a whole device within a given time: networks alone on all of it and on its pieces, in pairs, and the kernels of each, with power, clocks and temperature where the device tells. The most useful comes first, everything is on disk as it is measured, and the same command goes on where it stopped.",
    )
    .requiredOption("--out <folder>", "folder of the recording: a profile, kernel traces and a README")
    .addOption(new Option("--executor <name>", "the device").choices(Object.keys(usual)).default("nvidia"))
    .option("--card <index or UUID>", "which card, where there are several")
    .option("--budget-s <seconds>", 'time to spend, or "none" for all it takes', usualBudgetSeconds)
    .option(
      "--rounds <count>",
      "measure every configuration this often, if there is time",
      String(recordingProtocol.rounds),
    )
    .option(
      "--workload <name=model>",
      "a network, as for partitune profile; may be repeated; usual ones of PyTorch when absent, of ONNX on a processor",
      collectValues,
    )
    .option("--shape <input=dimensions>", "sizes of an input that a model leaves open; may be repeated", collectValues)
    .option("--training <name>", "a network of --workload that takes training steps; may be repeated", collectValues)
    .option("--python <program>", "the interpreter that has PyTorch; python3 when absent")
    .option("--workloads <file>", "a file of workloads")
    .option("--batches <list>", "batch sizes; 1,8,32 when absent, fewer on smaller devices")
    .addOption(
      new Option("--pieces <kind>", "how the device is divided; as isolated as it can when absent").choices(pieceKinds),
    )
    .option("--no-pairs", "measure nothing beside anything else")
    .option("--no-kernels", "record no kernel traces")
    .option("--seed <text>", "seed of the order within rounds", "partitune")
    .option("--json", "print what was recorded as JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ partitune record --out datasets/my-gpu                        eight minutes on an NVIDIA GPU with PyTorch
  $ partitune record --out datasets/my-gpu --budget-s none        all of it, three rounds; goes on from what is there
  $ partitune record --executor cpu --out datasets/my-processor --budget-s 300
  $ partitune record --out datasets/mine --workload mine=pytorch:python:net:make --pieces mps-share --no-pairs

The order is: the whole device, halves and quarters, pairs on halves, further pieces; then further rounds of the same. Settings of the
device are left as they are. Then: partitune fit FOLDER, partitune interference FOLDER, partitune kernels profile FOLDER/kernels/NAME.kernels.json.`,
    )
    .action(async (options: RecordOptions) => {
      const end = await record(options);
      process.exitCode = end.status === "aborted" ? exitCodes.interrupted : exitCodes.yes;
    });
}

function record(options: RecordOptions): Promise<RecordingEnd> {
  const { seed, card } = options;
  const began = performance.now();
  const budget = options.budgetS === "none" ? null : parsePositive("--budget-s", options.budgetS);
  const protocol = { ...recordingProtocol, rounds: parseCount("--rounds", options.rounds) };
  const chosen = card === undefined ? {} : { card };
  const executor = rememberIdentities(executors[options.executor]({ seed, ...chosen }));
  const progress = startProgress("record");
  const work = async () => {
    // A device that cannot be reached is the reason for all else that fails.
    await executor.describe();
    const { workloads, leftOut } = await startable(options, executor, progress);
    const end = await recordUntilStopped(executor, options.out, progress, {
      ...{ workloads, protocol, seed, pairs: options.pairs },
      // To find out what can be started is part of the time, too.
      budgetSeconds: budget === null ? null : Math.max(1, budget - (performance.now() - began) / 1e3),
      ...(options.pieces === undefined ? {} : { pieces: options.pieces }),
      traceKernels: options.kernels
        ? (workload) => traceWorkload(workload, { steps: tracedSteps, made: madeNow(seed), ...chosen })
        : null,
    });
    warn([...leftOut, ...end.warnings, ...(end.profile?.warnings ?? []), ...warnOfTraces(end)]);
    show(end, options.json === true);
    return end;
  };
  return withExecutor(executor, work).finally(() => progress.end());
}

async function recordUntilStopped(
  executor: Executor,
  out: string,
  progress: Progress,
  request: RecordingRequest,
): Promise<RecordingEnd> {
  const stop = stopOnSignals();
  try {
    const end = await recordDevice(executor, request, out, {
      signal: stop.signal,
      onProgress: ({ current, ...counts }) => progress.update({ what: current, ...counts }),
    });
    writeFileAtomically(join(out, "README.md"), [recordingReadme(basename(resolve(out)), end, commandLine())]);
    progress.end(describeEnd(end, out));
    return end;
  } finally {
    stop.release();
  }
}

/** The networks that are named; of the usual ones those that can be started here, and why the others are not. */
async function startable(
  options: RecordOptions,
  executor: Executor,
  progress: Progress,
): Promise<{ readonly workloads: readonly Workload[]; readonly leftOut: readonly Warning[] }> {
  const { networks, batches } = usual[options.executor];
  const sizes = parseCounts("--batches", options.batches ?? batches);
  const isNamed = (options.workload ?? options.workloads) !== undefined;
  if (isNamed) return { workloads: readWorkloads(options, sizes), leftOut: [] };
  if (options.executor === "synthetic-a100") {
    return { workloads: cardWorkloads.map((workload) => ({ ...workload, batches: sizes })), leftOut: [] };
  }
  const workloads: Workload[] = [];
  const leftOut: Warning[] = [];
  for (const workload of readWorkloads({ ...options, workload: networks }, sizes)) {
    progress.update({ what: `trying out ${workload.name}` });
    try {
      await executor.identify(workload);
      workloads.push(workload);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const { problem, advice } = error.details;
      leftOut.push({ code: "left-out", where: `network "${workload.name}"`, cause: problem, advice });
    }
  }
  if (workloads.length > 0) return { workloads, leftOut };
  const [first] = leftOut;
  throw new InputError({
    what: "the usual networks",
    problem: `cannot be started, not one (${first?.where} ${first?.cause})`,
    advice: `${first?.advice}, or name networks with --workload`,
  });
}

function warnOfTraces({ traces }: RecordingEnd): readonly Warning[] {
  return traces
    .filter(({ file, reason }) => file === null && reason !== untold)
    .map(({ workload, reason }) => ({
      code: "no-kernel-trace",
      where: `network "${workload}"`,
      cause: `has no kernel trace: ${reason}`,
      advice: "the same command tries again",
    }));
}

function describeEnd({ status }: RecordingEnd, folder: string): string {
  if (status === "complete") return `recorded all of it in ${folder}`;
  return `stopped, ${status === "aborted" ? "as asked" : "the time is spent"}; ${folder} has what was recorded, and the same command goes on from there`;
}

function show(end: RecordingEnd, json: boolean): void {
  if (json) printJson({ status: end.status, stages: end.stages, traces: end.traces });
  else
    process.stdout.write(
      formatTable(end.stages, [
        { header: "part", text: ({ name }) => name },
        { header: "measured", text: ({ done }) => String(done), right: true },
        { header: "of", text: ({ planned }) => String(planned), right: true },
        { header: "fit for use", text: ({ valid }) => String(valid), right: true },
      ]),
    );
}

/** The command as it was typed, quoted, for the README of the recording. */
function commandLine(): string {
  return ["partitune", ...process.argv.slice(2)].map(quoteWhereNeeded).join(" ");
}

function quoteWhereNeeded(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : shellQuote(word);
}
