import { type Device, findMigProfile, type Partition, partitionFraction } from "@partitune/schema";

/**
 * What all placements of a device share, and how much there is: `share` (part of the processor), `memory` (bytes), and each core
 * that some candidate binds and each memory slice that some MIG instance covers, which one workload may have. Instances with a start
 * that keep the slices apart are a legal layout.
 *
 * @param partitions  all candidates
 */
export function deviceBudgets(device: Device, partitions: readonly Partition[]): Readonly<Record<string, number>> {
  const cores = new Set(partitions.flatMap((partition) => (partition.kind === "core-set" ? partition.cores : [])));
  const slices = new Set(partitions.flatMap((partition) => slicesOf(device, partition)));
  return {
    share: totalShare(device),
    memory: device.memoryBytes,
    ...Object.fromEntries([...cores].sort((a, b) => a - b).map((core) => [coreBudget(core), 1])),
    ...Object.fromEntries([...slices].sort((a, b) => a - b).map((slice) => [sliceBudget(slice), 1])),
  };
}

/**
 * How much of each budget a workload on this partition takes. The whole device takes all that may be shared out.
 *
 * @param memoryBytes  its memory; undefined when unknown, and then it takes none of that budget
 */
export function partitionUses(
  device: Device,
  partition: Partition,
  memoryBytes: number | undefined,
): Readonly<Record<string, number>> {
  const share = partition.kind === "whole" ? totalShare(device) : partitionFraction(partition, device);
  const cores = partition.kind === "core-set" ? partition.cores : [];
  return {
    share,
    ...(memoryBytes === undefined ? {} : { memory: memoryBytes }),
    ...Object.fromEntries(cores.map((core) => [coreBudget(core), 1])),
    ...Object.fromEntries(slicesOf(device, partition).map((slice) => [sliceBudget(slice), 1])),
  };
}

function totalShare(device: Device): number {
  const scheme = device.partitionSchemes.find(({ kind }) => kind === "cpu-share" || kind === "mps-share");
  return scheme?.kind === "cpu-share" || scheme?.kind === "mps-share" ? scheme.total : 1;
}

/** The memory slices of a MIG instance that has its place. */
function slicesOf(device: Device, partition: Partition): readonly number[] {
  if (partition.kind !== "mig" || partition.start === undefined) return [];
  const { start, profile } = partition;
  return Array.from({ length: findMigProfile(device, profile).profile.size }, (_, i) => start + i);
}

function sliceBudget(slice: number): string {
  return `memory slice ${slice}`;
}

function coreBudget(core: number): string {
  return `core ${core}`;
}
