import { type Device, type Partition, partitionFraction } from "@partitune/schema";

/**
 * What all placements of a device share, and how much there is: `share` (part of the processor), `memory` (bytes), and each core
 * that some candidate binds, which one workload may have.
 *
 * @param partitions  all candidates
 */
export function deviceBudgets(device: Device, partitions: readonly Partition[]): Readonly<Record<string, number>> {
  const cores = new Set(partitions.flatMap((partition) => (partition.kind === "core-set" ? partition.cores : [])));
  return {
    share: totalShare(device),
    memory: device.memoryBytes,
    ...Object.fromEntries([...cores].sort((a, b) => a - b).map((core) => [coreBudget(core), 1])),
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
  const share = partition.kind === "whole" ? totalShare(device) : partitionFraction(partition, device.cores);
  const cores = partition.kind === "core-set" ? partition.cores : [];
  return {
    share,
    ...(memoryBytes === undefined ? {} : { memory: memoryBytes }),
    ...Object.fromEntries(cores.map((core) => [coreBudget(core), 1])),
  };
}

function totalShare(device: Device): number {
  return device.partitionSchemes.find((scheme) => scheme.kind === "cpu-share")?.total ?? 1;
}

function coreBudget(core: number): string {
  return `core ${core}`;
}
