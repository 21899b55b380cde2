import { type Device, findMigProfile, type Partition, partitionFraction, takesMediaEngines } from "@partitune/schema";

/**
 * What all placements of a device share, and how much there is: `share` (part of the processor), `memory` (bytes), and what one workload may have
 * alone: each core that some candidate binds, each memory slice that some MIG instance covers, the media engines. Instances with starts that keep
 * these are a legal layout.
 *
 * @param partitions  all candidates
 */
export function deviceBudgets(device: Device, partitions: readonly Partition[]): Readonly<Record<string, number>> {
  return {
    share: totalShare(device),
    memory: device.memoryBytes,
    ...onceEach(partitions.flatMap((partition) => ownedBy(device, partition))),
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
  return {
    share,
    ...(memoryBytes === undefined ? {} : { memory: memoryBytes }),
    ...onceEach(ownedBy(device, partition)),
  };
}

function totalShare(device: Device): number {
  const scheme = device.partitionSchemes.find(({ kind }) => kind === "cpu-share" || kind === "mps-share");
  return scheme?.kind === "cpu-share" || scheme?.kind === "mps-share" ? scheme.total : 1;
}

/** What a partition has to itself. */
interface Owned {
  readonly budget: "core" | "memory slice" | "media engines";
  readonly number?: number;
}

function ownedBy(device: Device, partition: Partition): readonly Owned[] {
  if (partition.kind === "core-set") return partition.cores.map((number) => ({ budget: "core", number }));
  if (partition.kind !== "mig" || partition.start === undefined) return [];
  const { start } = partition;
  const { profile } = findMigProfile(device, partition.profile);
  const slices = Array.from({ length: profile.size }, (_, i): Owned => ({ budget: "memory slice", number: start + i }));
  return takesMediaEngines(profile) ? [...slices, { budget: "media engines" }] : slices;
}

/** A budget of one each, in the order of their numbers. */
function onceEach(owned: readonly Owned[]): Readonly<Record<string, number>> {
  const ordered = owned.toSorted((a, b) => (a.number ?? 0) - (b.number ?? 0));
  return Object.fromEntries(
    ordered.map(({ budget, number }) => [number === undefined ? budget : `${budget} ${number}`, 1]),
  );
}
