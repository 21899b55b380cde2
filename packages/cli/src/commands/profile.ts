import {
  buildSpace,
  type CampaignEnd,
  type Executor,
  executors,
  openJournal,
  profile,
  protocols,
} from "@partitune/profiler";
import { InputError, type Partition, type Protocol, type Workload } from "@partitune/schema";
import { Command, Option } from "commander";
import { collectValues } from "../collectValues.ts";
import { exitCodes } from "../exitCodes.ts";
import { parseNumbers, parsePartitions, parsePositive } from "../parseLists.ts";
import { parseWorkload } from "../parseWorkload.ts";
import { startProgress } from "../progress.ts";
import { stopOnSignals } from "../stopOnSignals.ts";
import { warn } from "../warn.ts";

interface ProfileOptions {
  readonly workload?: readonly string[];
  readonly shape?: readonly string[];
  readonly shares?: string;
  readonly partitions?: string;
  readonly batches: string;
  readonly out: string;
  readonly executor: keyof typeof executors;
  readonly recording?: string;
  readonly protocol: keyof typeof protocols;
  readonly rounds?: string;
  readonly budgetS?: string;
  readonly seed: string;
  readonly keepEnvironments?: boolean;
}

export function profileCommand(): Command {
  return new Command("profile")
    .description(
      "Measures workloads on partitions and batch sizes, in randomised rounds. Everything is on disk as it is measured: the same command\nresumes after a stop, and a wider one re-uses what is there.",
    )
    .option(
      "--workload <name=model>",
      "NAME=zoo:resnet18@112, NAME=model.onnx or NAME=command:program; may be repeated",
      collectValues,
    )
    .option(
      "--shape <input=dimensions>",
      "sizes of an input that the model leaves open, e.g. input=3x224x224",
      collectValues,
    )
    .option("--shares <list>", "CPU shares to measure, fractions of all cores")
    .option("--partitions <list>", "further partitions: whole, cpu-share:0.5, core-set:0+1")
    .option("--batches <list>", "batch sizes to measure", "1,2,4,8")
    .requiredOption("--out <folder>", "folder of the profile")
    .addOption(
      new Option("--executor <name>", "what runs the workloads").choices(Object.keys(executors)).default("cpu"),
    )
    .option("--recording <folder>", "with --executor replay: the recorded profile")
    .addOption(
      new Option("--protocol <name>", "rules to measure by").choices(Object.keys(protocols)).default("standard"),
    )
    .option("--rounds <count>", "measure every configuration this often")
    .option("--budget-s <seconds>", "longest measuring window of one configuration")
    .option("--seed <text>", "seed of the rounds' order", "partitune")
    .option("--keep-environments", "count measurements made in another environment as done")
    .addHelpText(
      "after",
      `
Examples:
  $ partitune profile --workload r18=zoo:resnet18@112 --shares 0.25,0.5,1 --batches 1,2,4 --out profiles/r18
  $ partitune profile --workload mine=./model.onnx --shape input=3x224x224 --shares 0.5,1 --protocol quick --out profiles/mine`,
    )
    .action(async (options: ProfileOptions) => {
      const end = await runCampaign({
        executor: executors[options.executor]({
          ...(options.recording === undefined ? {} : { recording: options.recording }),
        }),
        workloads: readWorkloads(options),
        partitions: readPartitions(options),
        protocol: readProtocol(options),
        folder: options.out,
        seed: options.seed,
        keepEnvironments: options.keepEnvironments ?? false,
      });
      process.exitCode = end.status === "complete" ? exitCodes.yes : exitCodes.interrupted;
    });
}

/** What a campaign from the command line consists of. */
export interface CampaignRequest {
  readonly executor: Executor;
  readonly workloads: readonly Workload[];
  readonly partitions: readonly Partition[];
  readonly protocol: Protocol;
  readonly folder: string;
  readonly seed: string;
  readonly keepEnvironments: boolean;
}

/** Measures with a progress bar; the first Ctrl-C keeps everything and ends. */
export async function runCampaign(request: CampaignRequest): Promise<CampaignEnd> {
  const { executor, workloads, partitions, protocol, folder, seed, keepEnvironments } = request;
  const sink = await openJournal(folder);
  const progress = startProgress("profile");
  const stop = stopOnSignals();
  try {
    const { device } = await executor.describe();
    const end = await profile(executor, buildSpace(device, { workloads, partitions }), protocol, sink, {
      seed,
      keepEnvironments,
      signal: stop.signal,
      onProgress: ({ done, total, current, secondsLeft }) =>
        progress.update({ what: current, done, total, secondsLeft }),
    });
    progress.end(
      `${end.status === "complete" ? "measured" : "stopped after"} ${end.made} configurations (${end.reused} were there) in ${folder}`,
    );
    warn(end.profile?.warnings ?? []);
    return end;
  } catch (error) {
    progress.end("not measured");
    throw error;
  } finally {
    stop.release();
    await sink.close();
  }
}

function readWorkloads({ workload = [], shape = [], batches }: ProfileOptions): readonly Workload[] {
  const sizes = parseNumbers("--batches", batches);
  if (workload.length > 0) return workload.map((text) => parseWorkload(text, sizes, shape));
  throw new InputError({
    what: "the command line",
    problem: "names no workload",
    advice: "add --workload NAME=zoo:resnet18 or NAME=model.onnx",
  });
}

function readPartitions(options: ProfileOptions): readonly Partition[] {
  const partitions = parsePartitions(options);
  return partitions.length > 0 ? partitions : parsePartitions({ shares: "0.25,0.5,0.75,1" });
}

function readProtocol({ protocol, rounds, budgetS }: ProfileOptions): Protocol {
  return {
    ...protocols[protocol],
    ...(rounds === undefined ? {} : { rounds: parsePositive("--rounds", rounds) }),
    ...(budgetS === undefined ? {} : { budgetSeconds: parsePositive("--budget-s", budgetS) }),
  };
}
