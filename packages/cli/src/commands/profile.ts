import {
  buildSpace,
  type CampaignEnd,
  type Executor,
  executors,
  openJournal,
  orinWorkloads,
  profile,
  protocols,
} from "@partitune/profiler";
import {
  type Device,
  formatPartition,
  InputError,
  loadProfile,
  type Partition,
  type Profile,
  type Protocol,
  powerModesOf,
  type Workload,
} from "@partitune/schema";
import { Command, Option } from "commander";
import { collectValues } from "../collectValues.ts";
import { exitCodes } from "../exitCodes.ts";
import { parseCount, parseCounts, parsePartitions, parsePositive } from "../parseLists.ts";
import { startProgress } from "../progress.ts";
import { readWorkloads, type WorkloadOptions } from "../readWorkloads.ts";
import { stopOnSignals } from "../stopOnSignals.ts";
import { warn } from "../warn.ts";
import { printJson } from "../writeOutput.ts";

interface ProfileOptions extends WorkloadOptions {
  readonly shares?: string;
  readonly partitions?: string;
  readonly powerModes?: string;
  readonly batches: string;
  readonly out: string;
  readonly executor: keyof typeof executors;
  readonly recording?: string;
  readonly protocol: keyof typeof protocols;
  readonly rounds?: string;
  readonly budgetS?: string;
  readonly seed: string;
  readonly keepEnvironments?: boolean;
  readonly json?: boolean;
}

export function profileCommand(): Command {
  return new Command("profile")
    .description(
      "Measures workloads on partitions and batch sizes, in randomised rounds. Everything is on disk as it is measured: the same command resumes after a stop, and a wider one re-uses what is there.",
    )
    .option(
      "--workload <name=model>",
      "NAME=zoo:resnet18@112, NAME=model.onnx or NAME=command:program arguments; may be repeated",
      collectValues,
    )
    .option(
      "--shape <input=dimensions>",
      "sizes of an input that the model leaves open, without the batch, e.g. input=3x224x224; may be repeated",
      collectValues,
    )
    .option("--workloads <file>", "a file of workloads, for arguments with spaces, shapes of each model, and formulas")
    .option("--shares <list>", "CPU shares to measure, fractions of all cores; without any partition 0.25,0.5,0.75,1")
    .option(
      "--partitions <list>",
      "further partitions: whole, cpu-share:0.5, core-set:0+1, mps-share:0.4, mig:3g.40gb; see partitune layouts",
    )
    .option("--power-modes <list>", "names of power modes to measure in, or all; the device's default when absent")
    .option("--batches <list>", "batch sizes to measure", "1,2,4,8")
    .requiredOption("--out <folder>", "folder of the profile")
    .addOption(
      new Option("--executor <name>", "what runs the workloads").choices(Object.keys(executors)).default("cpu"),
    )
    .option("--recording <folder>", "with --executor replay: the recorded profile; what is not named is taken from it")
    .addOption(
      new Option("--protocol <name>", "rules to measure by").choices(Object.keys(protocols)).default("standard"),
    )
    .option("--rounds <count>", "measure every configuration this often")
    .option("--budget-s <seconds>", "longest measuring window of one configuration")
    .option("--seed <text>", "seed of the order within rounds, and of a synthetic executor's noise", "partitune")
    .option("--keep-environments", "count measurements made in another environment as done")
    .option("--json", "print the profile to stdout")
    .addHelpText(
      "after",
      `
Examples:
  $ partitune profile --workload r18=zoo:resnet18@112 --shares 0.25,0.5,1 --batches 1,2,4 --out profiles/r18
  $ partitune profile --workload mine=./model.onnx --shape input=3x224x224 --shares 0.5,1 --protocol quick --out profiles/mine
  $ partitune profile --workloads workloads.json --executor synthetic --out profiles/formula
  $ partitune profile --executor synthetic-orin --power-modes all --protocol sweep --out profiles/orin

A workloads file, with an engine of each kind (onnx, command and idle run on --executor cpu, synthetic on synthetic, synthetic-board and idle on synthetic-orin):
  { "kind": "workloads", "version": 1, "workloads": [
    { "name": "mine", "engine": { "engine": "onnx", "model": "model.onnx", "shapes": { "input": [3, 224, 224] } } },
    { "name": "tool", "engine": { "engine": "command", "command": ["python3", "my worker.py"] }, "batches": [1, 8] },
    { "name": "formula", "engine": { "engine": "synthetic", "fixedSeconds": 0.002, "perItemSeconds": 0.003,
      "serialFraction": 0.1, "noise": 0.02, "memoryBytes": 100000000 } },
    { "name": "bert", "task": "training", "engine": { "engine": "synthetic-board", "workload": "bert" }, "batches": [16] },
    { "name": "idle", "task": "idle", "engine": { "engine": "idle" }, "batches": [1] } ] }

Paths are relative to the folder from which the command is called. --executor cpu measures this machine's processor, synthetic a
formula, synthetic-orin and synthetic-orin-full a formula with the power modes of a Jetson (all of its workloads, unless some are named),
replay a recorded profile. --protocol standard takes minutes for each configuration, quick a few seconds, sweep 40 batches.`,
    )
    .action(async (options: ProfileOptions) => {
      const end = await runCampaign(await readRequest(options));
      if (options.json === true && end.profile !== null) printJson(end.profile);
      process.exitCode = end.status === "complete" ? exitCodes.yes : exitCodes.interrupted;
    });
}

async function readRequest(options: ProfileOptions): Promise<CampaignRequest> {
  const { recording, seed, keepEnvironments } = options;
  const protocol = readProtocol(options);
  checkRecording(options);
  const executor = executors[options.executor]({ seed, ...(recording === undefined ? {} : { recording }) });
  return {
    executor,
    ...readSpace(options, (await executor.describe()).device),
    protocol,
    folder: options.out,
    seed,
    keepEnvironments: keepEnvironments ?? false,
  };
}

/** What a campaign from the command line consists of. */
export interface CampaignRequest {
  readonly executor: Executor;
  readonly workloads: readonly Workload[];
  readonly partitions: readonly Partition[];
  /** Names; the device's default when absent. */
  readonly powerModes?: readonly string[];
  readonly protocol: Protocol;
  readonly folder: string;
  readonly seed: string;
  readonly keepEnvironments: boolean;
}

/** Measures with a progress bar; the first Ctrl-C keeps everything and ends. */
export async function runCampaign(request: CampaignRequest): Promise<CampaignEnd> {
  const { executor, workloads, partitions, powerModes, protocol, folder, seed, keepEnvironments } = request;
  const sink = await openJournal(folder);
  const progress = startProgress("profile");
  const stop = stopOnSignals();
  try {
    const { device } = await executor.describe();
    const space = buildSpace(device, { workloads, partitions, ...(powerModes === undefined ? {} : { powerModes }) });
    const end = await profile(executor, space, protocol, sink, {
      seed,
      keepEnvironments,
      signal: stop.signal,
      onProgress: ({ done, total, current, secondsLeft }) =>
        progress.update({ what: current, done, total, secondsLeft }),
    });
    progress.end(describeEnd(end, folder));
    warn(end.profile?.warnings ?? []);
    return end;
  } catch (error) {
    progress.end();
    throw error;
  } finally {
    stop.release();
    await sink.close();
  }
}

function describeEnd({ status, made, reused }: CampaignEnd, folder: string): string {
  const counts = `${made} measurements (${reused} were there) in ${folder}`;
  return status === "complete" ? `made ${counts}` : `stopped after ${counts}; the same command goes on from there`;
}

/** What is to be measured: what is named, else what the recording holds. */
function readSpace(
  options: ProfileOptions,
  device: Device,
): Pick<CampaignRequest, "workloads" | "partitions" | "powerModes"> {
  const named = readWorkloads(options, parseCounts("--batches", options.batches));
  const partitions = parsePartitions(options);
  const recorded = options.recording === undefined ? undefined : loadProfile(options.recording);
  const workloads = named.length > 0 ? named : (recorded?.workloads ?? ownWorkloads(options.executor));
  if (workloads.length === 0) {
    throw new InputError({
      what: "the command line",
      problem: "names no workload",
      advice: "add --workload NAME=zoo:resnet18, NAME=model.onnx or --workloads FILE",
    });
  }
  return {
    workloads,
    partitions: partitions.length > 0 ? partitions : (recordedPartitions(recorded) ?? usualPartitions(device)),
    ...(options.powerModes === undefined ? {} : { powerModes: readPowerModes(options.powerModes, device) }),
  };
}

/** What an executor measures when nothing is named: a synthetic board knows only its own workloads. */
function ownWorkloads(executor: ProfileOptions["executor"]): readonly Workload[] {
  return executor === "synthetic-orin" || executor === "synthetic-orin-full" ? orinWorkloads : [];
}

function usualPartitions({ partitionSchemes, defaultPartition }: Device): readonly Partition[] {
  const hasShares = partitionSchemes.some((scheme) => scheme.kind === "cpu-share");
  return hasShares ? parsePartitions({ shares: "0.25,0.5,0.75,1" }) : [defaultPartition];
}

function readPowerModes(text: string, device: Device): readonly string[] {
  return text === "all" ? powerModesOf(device).map(({ name }) => name) : text.split(",").map((name) => name.trim());
}

function recordedPartitions(profile: Profile | undefined): readonly Partition[] | undefined {
  const partitions = profile?.measurements
    .filter((row) => !row.baseline)
    .map((row) => row.point.config.partition)
    .map((partition): [string, Partition] => [formatPartition(partition), partition]);
  return partitions && [...new Map(partitions).values()];
}

function checkRecording({ executor, recording }: ProfileOptions): void {
  if (executor === "replay" || recording === undefined) return;
  throw new InputError({
    what: `option --recording "${recording}"`,
    problem: `has no effect with --executor ${executor}`,
    advice: "add --executor replay, or leave it out",
  });
}

function readProtocol({ protocol, rounds, budgetS }: ProfileOptions): Protocol {
  return {
    ...protocols[protocol],
    ...(rounds === undefined ? {} : { rounds: parseCount("--rounds", rounds) }),
    ...(budgetS === undefined ? {} : { budgetSeconds: parsePositive("--budget-s", budgetS) }),
  };
}
