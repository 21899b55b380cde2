import { buildSpace, cardSpace, cardWorkloads, type executors, orinWorkloads, type Space } from "@partitune/profiler";
import {
  type Device,
  formatPartition,
  InputError,
  loadProfile,
  type Partition,
  type Profile,
  powerModesOf,
  type Workload,
} from "@partitune/schema";
import { parseCompany } from "./parseCompany.ts";
import { parseCounts, parseLoads, parsePartitions } from "./parseLists.ts";
import { describeNeighbours, type NeighbourOptions, readNeighbours } from "./readNeighbours.ts";
import { readWorkloads, type WorkloadOptions } from "./readWorkloads.ts";
import type { SpaceChoices } from "./runCampaign.ts";

/** Options by which a command line names what is to be measured. */
export interface SpaceOptions extends WorkloadOptions, NeighbourOptions {
  readonly shares?: string;
  readonly partitions?: string;
  readonly powerModes?: string;
  readonly batches?: string;
  readonly processes?: string;
  readonly beside?: readonly string[];
  readonly loads?: string;
  readonly executor: keyof typeof executors;
  readonly recording?: string;
}

export const usualBatches = "1,2,4,8";

/** The workloads that are named, in one way or another. */
export function namedWorkloads(options: SpaceOptions): readonly Workload[] {
  return readWorkloads(options, parseCounts("--batches", options.batches ?? usualBatches));
}

/**
 * What is to be measured, beside each other too. Says how much the latter is.
 *
 * @throws InputError when an option cannot be read, or nothing is named
 */
export function profileSpace(options: SpaceOptions, named: readonly Workload[], device: Device): SpaceChoices {
  return withNeighbours(options, readSpace(options, named, device), device);
}

/** What is to be measured: what is named, else what the recording holds, else what the executor has of its own. */
function readSpace(options: SpaceOptions, named: readonly Workload[], device: Device): SpaceChoices {
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

function withNeighbours(options: SpaceOptions, choices: SpaceChoices, device: Device): SpaceChoices {
  const plan = readNeighbours(options, buildSpace(device, choices), device);
  if (plan === null) return choices;
  process.stderr.write(`${describeNeighbours(plan)}\n`);
  return { ...choices, further: [...(choices.further ?? []), ...plan.grids] };
}

/** Power modes, processes and company, where they are named. */
function readRest(
  { powerModes, processes, beside, loads }: SpaceOptions,
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
function asksForOwnSpace(options: SpaceOptions): boolean {
  const { executor, workload, workloads, shares, partitions, powerModes, batches, processes } = options;
  const { beside, loads, neighbours } = options;
  const named = [workload, workloads, shares, partitions, powerModes, batches, processes, beside, loads, neighbours];
  return isSyntheticCard(executor) && named.every((option) => option === undefined);
}

function isSyntheticCard(executor: SpaceOptions["executor"]): boolean {
  return executor === "synthetic-a100" || executor === "synthetic-a100-sensors";
}

/** What an executor measures when no workload is named: synthetic boards and cards know only their own. */
function ownWorkloads({ executor, batches }: SpaceOptions): readonly Workload[] {
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
