import { type CampaignEnd, type Executor, type ExecutorChoice, executors, protocols } from "@partitune/profiler";
import { InputError, type Protocol, type Workload } from "@partitune/schema";
import { Command, Option } from "commander";
import { collectValues } from "../collectValues.ts";
import { exitCodes } from "../exitCodes.ts";
import { parseCount, parsePositive } from "../parseLists.ts";
import { namedWorkloads, profileSpace, type SpaceOptions, usualBatches } from "../profileSpace.ts";
import { usualMostNeighbours } from "../readNeighbours.ts";
import { type CampaignRequest, runCampaign } from "../runCampaign.ts";
import { withExecutor } from "../withExecutor.ts";
import { printJson } from "../writeOutput.ts";

interface ProfileOptions extends SpaceOptions {
  readonly timeoutS?: string;
  readonly out: string;
  readonly card?: string;
  readonly createMig?: boolean;
  readonly clientMemoryMib?: string;
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
    ...profileSpace(options, workloads, device),
    protocol,
    folder: options.out,
    seed,
    keepEnvironments: keepEnvironments ?? false,
  };
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
