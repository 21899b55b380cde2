import {
  buildSpace,
  type CampaignEnd,
  cardSpace,
  cardWorkloads,
  type Executor,
  type ExecutorChoice,
  executors,
  openJournal,
  orinWorkloads,
  profile,
  protocols,
  type Space,
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
import { parseCompany } from "../parseCompany.ts";
import { parseCount, parseCounts, parseLoads, parsePartitions, parsePositive } from "../parseLists.ts";
import { startProgress } from "../progress.ts";
import { describeNeighbours, type NeighbourOptions, readNeighbours, usualMostNeighbours } from "../readNeighbours.ts";
import { readWorkloads, type WorkloadOptions } from "../readWorkloads.ts";
import { stopOnSignals } from "../stopOnSignals.ts";
import { warn } from "../warn.ts";
import { withExecutor } from "../withExecutor.ts";
import { printJson } from "../writeOutput.ts";

interface ProfileOptions extends WorkloadOptions, NeighbourOptions {
  readonly shares?: string;
  readonly partitions?: string;
  readonly powerModes?: string;
  readonly batches?: string;
  readonly processes?: string;
  readonly beside?: readonly string[];
  readonly loads?: string;
  readonly timeoutS?: string;
  readonly out: string;
  readonly executor: keyof typeof executors;
  readonly recording?: string;
  readonly card?: string;
  readonly createMig?: boolean;
  readonly clientMemoryMib?: string;
  readonly protocol: keyof typeof protocols;
  readonly rounds?: string;
  readonly budgetS?: string;
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
      "NAME=zoo:resnet18@112, NAME=model.onnx, NAME=pytorch:torchvision:resnet50, NAME=tensorflow:FOLDER, NAME=kserve:http://HOST:8000/MODEL or NAME=command:program arguments; may be repeated",
      collectValues,
    )
    .option(
      "--shape <input=dimensions>",
      "sizes of an input that the model leaves open, without the batch, e.g. input=3x224x224; may be repeated",
      collectValues,
    )
    .option("--training <name>", "measure steps of training of this workload; may be repeated", collectValues)
    .option("--python <program>", "the interpreter that has PyTorch; python3 when absent")
    .option("--workloads <file>", "a file of workloads, for arguments with spaces, shapes of each model, and formulas")
    .option("--shares <list>", "CPU shares to measure, fractions of all cores; without any partition 0.25,0.5,0.75,1")
    .option(
      "--partitions <list>",
      "further partitions: whole, cpu-share:0.5, core-set:0+1, mps-share:0.4, mig:3g.40gb, green-context:16, sm-partition:16; see partitune layouts",
    )
    .option(
      "--power-modes <list>",
      "names of power modes to measure in, named for all that the device names itself, or all for its grid of clocks too; the device's default when absent",
    )
    .option("--batches <list>", `batch sizes to measure; ${usualBatches} when absent`)
    .option(
      "--processes <list>",
      "numbers of processes of a workload that run at once within a partition; 1 when absent",
    )
    .option(
      "--beside <neighbours>",
      'measure everything also beside these, loaded on the rest of the device: "bert mps-share:0.5 8" (workload, partition, batch), several joined by " + ", "8x2" for two processes; may be repeated',
      collectValues,
    )
    .option(
      "--neighbours <sizes>",
      "measure workloads also beside each other on partitions that fill the device: pairs, triples, or pairs,triples",
    )
    .option(
      "--most-neighbours <count>",
      `at most so many settings of --neighbours in a round, spread over all pairs and triples; ${usualMostNeighbours} when absent`,
    )
    .option(
      "--loads <list>",
      "how requests are generated: closed:8 (batches in flight), poisson:200 or periodic:200 (requests per second); closed:1 when absent. With --executor kserve",
    )
    .requiredOption("--out <folder>", "folder of the profile")
    .addOption(
      new Option("--executor <name>", "what runs the workloads").choices(Object.keys(executors)).default("cpu"),
    )
    .option("--recording <folder>", "with --executor replay: the recorded profile; what is not named is taken from it")
    .option("--card <index or UUID>", "with --executor nvidia: which card, where there are several")
    .option(
      "--create-mig",
      "with --executor nvidia: create MIG instances that are missing, each for the time it is measured; needs root",
    )
    .option(
      "--client-memory-mib <count>",
      "with --executor nvidia: the most memory of the card that each process on an MPS share may allocate; unlimited when absent",
    )
    .option(
      "--timeout-s <seconds>",
      "with --executor kserve: a batch without an answer so long after it was to be sent is given up; 30 when absent",
    )
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
  $ partitune profile --workload r18=pytorch:torchvision:resnet18 --python /usr/bin/python3 --shares 0.5,1 --out profiles/torch
  $ partitune profile --workload net=pytorch:python:my_nets:build --training net --batches 8,16 --out profiles/steps
  $ partitune profile --workloads workloads.json --executor synthetic --out profiles/formula
  $ partitune profile --executor synthetic-orin --power-modes all --protocol sweep --out profiles/orin
  $ partitune profile --executor synthetic-a100 --protocol tails --out profiles/a100
  $ partitune profile --executor jetson --workload r50=pytorch:torchvision:resnet50 --power-modes named --batches 1,8 --out profiles/board
  $ partitune profile --executor nvidia --workload r50=pytorch:torchvision:resnet50 --partitions whole,mps-share:0.5,green-context:16 --batches 1,8 --out profiles/card
  $ partitune profile --executor kserve --workload r50=kserve:http://localhost:8000/resnet50 --batches 1,4 --loads closed:1,closed:8,poisson:200 --out profiles/server
  $ partitune profile --executor synthetic-a100 --partitions mig:3g.40gb,mps-share:0.5 --processes 1,2 --beside "bert mps-share:0.5 8" --out profiles/some
  $ partitune profile --executor synthetic-a100 --partitions mps-share:0.3,mps-share:0.5,mps-share:0.7 --batches 8 --neighbours pairs,triples --out profiles/beside

A workloads file, with an engine of each kind (onnx, pytorch, tensorflow, command and idle run on --executor cpu, jetson and nvidia, kserve on kserve, synthetic on synthetic, synthetic-board and idle on synthetic-orin, synthetic-card and idle on synthetic-a100):
  { "kind": "workloads", "version": 1, "workloads": [
    { "name": "mine", "engine": { "engine": "onnx", "model": "model.onnx", "shapes": { "input": [3, 224, 224] } } },
    { "name": "bf16", "engine": { "engine": "pytorch", "model": "torchvision:resnet50", "precision": "bfloat16", "python": "/usr/bin/python3" } },
    { "name": "served", "engine": { "engine": "kserve", "url": "http://localhost:8000", "model": "resnet50", "modelVersion": "2" } },
    { "name": "tool", "engine": { "engine": "command", "command": ["python3", "my worker.py"] }, "batches": [1, 8] },
    { "name": "formula", "engine": { "engine": "synthetic", "fixedSeconds": 0.002, "perItemSeconds": 0.003,
      "serialFraction": 0.1, "noise": 0.02, "memoryBytes": 100000000 } },
    { "name": "bert", "task": "training", "engine": { "engine": "synthetic-board", "workload": "bert" }, "batches": [16] },
    { "name": "resnet50", "engine": { "engine": "synthetic-card", "workload": "resnet50" }, "batches": [1, 8, 32] },
    { "name": "idle", "task": "idle", "engine": { "engine": "idle" }, "batches": [1] } ] }

Networks of PyTorch come from torchvision:NAME, timm:NAME, transformers:NAME (all of random weights, nothing is downloaded) or
python:MODULE:FUNCTION, a function of your own, found from the folder in which the command is called.
Paths are relative to the folder from which the command is called. --executor cpu measures this machine's processor, synthetic a
formula, synthetic-orin and synthetic-orin-full a formula with the power modes of a Jetson (all of its workloads, unless some are named),
synthetic-a100 one with MIG instances, MPS shares and several processes (those of datasets/synthetic-a100-80gb, unless anything is named), synthetic-a100-sensors the same with sensors of power, clocks and temperature,
replay a recorded profile. --executor nvidia measures a card of this machine: whole, several --processes on it by time slicing; MPS shares through a daemon
of its own; MIG instances that exist; green contexts; power modes, which need root. What it changes it puts back, even when it is killed. --executor jetson measures the board it runs on,
in the modes of its nvpmodel.conf and at every combination of its clocks, pinned, which needs root; it puts everything back likewise. Modes that want a
restart are left out. PARTITUNE_BOARD_ROOT names the folder in which the board's files are mounted, in a container. --executor kserve measures the models of a server that runs already and speaks the KServe v2
protocol over HTTP (Triton, OpenVINO, MLServer): latency of the whole exchange, as a client sees it; under poisson and periodic loads from the time at which
a batch was to be sent. What the server wants to see as the header "authorization" stands in PARTITUNE_KSERVE_AUTHORIZATION. --protocol standard takes minutes for each configuration, quick a few seconds, sweep 40 batches, tails 700: enough for a p99.`,
    )
    .action(async (options: ProfileOptions) => {
      const end = await measure(options);
      if (options.json === true && end.profile !== null) printJson(end.profile);
      process.exitCode = end.status === "complete" ? exitCodes.yes : exitCodes.interrupted;
    });
}

async function measure(options: ProfileOptions): Promise<CampaignEnd> {
  const protocol = readProtocol(options);
  checkApplicable(options);
  const workloads = namedWorkloads(options);
  const executor: Executor = executors[options.executor]({ ...readChoice(options), workloads });
  const request = await readRequest(options, protocol, workloads, executor).catch((error) =>
    withExecutor(executor, () => Promise.reject(error)),
  );
  return runCampaign(request);
}

function readChoice({ recording, seed, card, createMig, clientMemoryMib, timeoutS }: ProfileOptions): ExecutorChoice {
  return {
    seed,
    ...(recording === undefined ? {} : { recording }),
    ...(timeoutS === undefined ? {} : { timeoutSeconds: parsePositive("--timeout-s", timeoutS) }),
    ...(card === undefined ? {} : { card }),
    ...(createMig === undefined ? {} : { createMig }),
    ...(clientMemoryMib === undefined
      ? {}
      : { clientMemoryBytes: parseCount("--client-memory-mib", clientMemoryMib) * 2 ** 20 }),
  };
}

async function readRequest(
  options: ProfileOptions,
  protocol: Protocol,
  workloads: readonly Workload[],
  executor: Executor,
): Promise<CampaignRequest> {
  const { seed, keepEnvironments } = options;
  const { device } = await executor.describe();
  return {
    executor,
    ...withNeighbours(options, readSpace(options, workloads, device), device),
    protocol,
    folder: options.out,
    seed,
    keepEnvironments: keepEnvironments ?? false,
  };
}

/** What is measured; the rest of a space is as usual. */
type SpaceChoices = Parameters<typeof buildSpace>[1];

/** What a campaign from the command line consists of. */
export interface CampaignRequest extends SpaceChoices {
  readonly executor: Executor;
  readonly protocol: Protocol;
  readonly folder: string;
  readonly seed: string;
  readonly keepEnvironments: boolean;
}

/** Measures with a progress bar; the first Ctrl-C keeps everything and ends. What was changed on the device is put back in any case. */
export function runCampaign(request: CampaignRequest): Promise<CampaignEnd> {
  return withExecutor(request.executor, () => measureCampaign(request));
}

async function measureCampaign(request: CampaignRequest): Promise<CampaignEnd> {
  const { executor, protocol, folder, seed, keepEnvironments, ...choices } = request;
  const sink = await openJournal(folder);
  const progress = startProgress("profile");
  const stop = stopOnSignals();
  try {
    const { device } = await executor.describe();
    const space = buildSpace(device, choices);
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

const usualBatches = "1,2,4,8";

function namedWorkloads(options: ProfileOptions): readonly Workload[] {
  return readWorkloads(options, parseCounts("--batches", options.batches ?? usualBatches));
}

/** What is to be measured: what is named, else what the recording holds, else what the executor has of its own. */
function readSpace(options: ProfileOptions, named: readonly Workload[], device: Device): SpaceChoices {
  if (asksForOwnSpace(options)) return cardSpace;
  const partitions = parsePartitions(options);
  const recorded = options.recording === undefined ? undefined : loadProfile(options.recording);
  const workloads = named.length > 0 ? named : (recorded?.workloads ?? ownWorkloads(options));
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
    ...readRest(options, device),
  };
}

/** Says how much more it is before it begins. */
function withNeighbours(options: ProfileOptions, choices: SpaceChoices, device: Device): SpaceChoices {
  const plan = readNeighbours(options, buildSpace(device, choices), device);
  if (plan === null) return choices;
  process.stderr.write(`${describeNeighbours(plan)}\n`);
  return { ...choices, further: [...(choices.further ?? []), ...plan.grids] };
}

/** Power modes, processes and company, where they are named. */
function readRest(
  { powerModes, processes, beside, loads }: ProfileOptions,
  device: Device,
): Partial<Pick<Space, "powerModes" | "processes" | "companies" | "loads">> {
  const modes = powerModes === undefined ? [device.powerModes[0]!.name] : readPowerModes(powerModes, device);
  const companies = beside?.flatMap((text) => modes.map((mode) => parseCompany(text, mode)));
  return {
    powerModes: modes,
    ...(processes === undefined ? {} : { processes: parseCounts("--processes", processes) }),
    ...(companies === undefined ? {} : { companies: [[], ...companies] }),
    ...(loads === undefined ? {} : { loads: parseLoads(loads) }),
  };
}

/** A synthetic card has a space of its own, for those who name nothing. */
function asksForOwnSpace(options: ProfileOptions): boolean {
  const { executor, workload, workloads, shares, partitions, powerModes, batches, processes } = options;
  const { beside, loads, neighbours } = options;
  const named = [workload, workloads, shares, partitions, powerModes, batches, processes, beside, loads, neighbours];
  return isSyntheticCard(executor) && named.every((option) => option === undefined);
}

function isSyntheticCard(executor: ProfileOptions["executor"]): boolean {
  return executor === "synthetic-a100" || executor === "synthetic-a100-sensors";
}

/** What an executor measures when no workload is named: synthetic boards and cards know only their own. */
function ownWorkloads({ executor, batches }: ProfileOptions): readonly Workload[] {
  if (executor === "synthetic-orin" || executor === "synthetic-orin-full") return orinWorkloads;
  if (!isSyntheticCard(executor)) return [];
  return batches === undefined
    ? cardWorkloads
    : cardWorkloads.map((workload) => ({ ...workload, batches: parseCounts("--batches", batches) }));
}

/** On a board the processor only feeds its GPU. */
function usualPartitions({ kind, partitionSchemes, defaultPartition }: Device): readonly Partition[] {
  const hasShares = partitionSchemes.some((scheme) => scheme.kind === "cpu-share");
  return hasShares && kind === "cpu" ? parsePartitions({ shares: "0.25,0.5,0.75,1" }) : [defaultPartition];
}

function readPowerModes(text: string, device: Device): readonly string[] {
  if (text === "named") return device.powerModes.map(({ name }) => name);
  return text === "all" ? powerModesOf(device).map(({ name }) => name) : text.split(",").map((name) => name.trim());
}

function recordedPartitions(profile: Profile | undefined): readonly Partition[] | undefined {
  const partitions = profile?.measurements
    .filter((row) => !row.baseline)
    .map((row) => row.point.config.partition)
    .map((partition): [string, Partition] => [formatPartition(partition), partition]);
  return partitions && [...new Map(partitions).values()];
}

/** Options that one executor alone understands. */
function checkApplicable({ executor, recording, card, createMig, clientMemoryMib, timeoutS }: ProfileOptions): void {
  const special = [
    ["replay", "--recording", recording],
    ["nvidia", "--card", card],
    ["nvidia", "--create-mig", createMig],
    ["nvidia", "--client-memory-mib", clientMemoryMib],
    ["kserve", "--timeout-s", timeoutS],
  ] as const;
  const idle = special.find(([owner, , value]) => value !== undefined && owner !== executor);
  if (idle === undefined) return;
  const [owner, option, value] = idle;
  throw new InputError({
    what: `option ${option}${value === true ? "" : ` "${value}"`}`,
    problem: `has no effect with --executor ${executor}`,
    advice: `add --executor ${owner}, or leave it out`,
  });
}

function readProtocol({ protocol, rounds, budgetS }: ProfileOptions): Protocol {
  return {
    ...protocols[protocol],
    ...(rounds === undefined ? {} : { rounds: parseCount("--rounds", rounds) }),
    ...(budgetS === undefined ? {} : { budgetSeconds: parsePositive("--budget-s", budgetS) }),
  };
}
