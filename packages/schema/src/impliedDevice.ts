import type { Device, PartitionScheme } from "./device.ts";
import { InputError } from "./inputError.ts";
import type { MigTable } from "./mig.ts";
import { migTables } from "./migTables/index.ts";
import type { Partition } from "./partition.ts";

/**
 * The least device on which partitions and power modes are possible, for a table that does not say what it was measured on. Shares may be
 * anything from the smallest one measured up; MIG instances are those of the first published card that has all profiles.
 *
 * @param partitions  those measured
 * @throws InputError when no published card has all MIG profiles
 */
export function impliedDevice(partitions: readonly Partition[], powerModes: readonly string[]): Device {
  const schemes = impliedSchemes(partitions);
  const isCard = schemes.some(({ kind }) => !["whole", "cpu-share", "core-set"].includes(kind));
  return {
    name: "unknown",
    kind: isCard ? "nvidia" : "cpu",
    processor: "unknown",
    cores: impliedCores(partitions, schemes),
    memoryBytes: Number.MAX_SAFE_INTEGER, // no limit is known
    partitionSchemes: schemes,
    powerModes: powerModes.map((name) => ({ name })),
    defaultPartition: { kind: "whole" },
    synthetic: false,
  };
}

/** A card of which every percent is a multiprocessor, so that no share comes to nothing. */
const leastWithShares = 100;

function impliedCores(partitions: readonly Partition[], schemes: readonly PartitionScheme[]): number {
  const cores = partitions.flatMap((partition) => (partition.kind === "core-set" ? partition.cores : []));
  const profiles = schemes.flatMap((scheme) => (scheme.kind === "mig" ? scheme.profiles : []));
  return Math.max(
    partitions.some(({ kind }) => kind === "mps-share") ? leastWithShares : 1,
    ...cores.map((core) => core + 1),
    ...profiles.map(({ multiprocessors }) => multiprocessors ?? 0),
    ...multiprocessorsOf("sm-partition", partitions),
    ...multiprocessorsOf("green-context", partitions),
  );
}

function impliedSchemes(partitions: readonly Partition[]): readonly PartitionScheme[] {
  const schemes: PartitionScheme[] = [{ kind: "whole" }];
  const shares = partitions.flatMap((partition) => (partition.kind === "cpu-share" ? [partition.share] : []));
  if (shares.length > 0) schemes.push({ kind: "cpu-share", granularity: Math.min(...shares), total: 1 });
  if (partitions.some(({ kind }) => kind === "core-set")) schemes.push({ kind: "core-set" });
  if (partitions.some(({ kind }) => kind === "mps-share"))
    schemes.push({ kind: "mps-share", granularity: 0.01, total: 1, unitMultiprocessors: 1, clients: 48 });
  const profiles = partitions.flatMap((partition) => (partition.kind === "mig" ? [partition.profile] : []));
  if (profiles.length > 0) schemes.push(tableWith(profiles));
  const chunked = multiprocessorsOf("sm-partition", partitions);
  if (chunked.length > 0) {
    const chunkMultiprocessors = commonDivisor(chunked);
    const chunks = Math.max(...chunked) / chunkMultiprocessors;
    schemes.push({ kind: "sm-partition", chunkMultiprocessors, chunks });
  }
  const grouped = multiprocessorsOf("green-context", partitions);
  if (grouped.length > 0)
    schemes.push({
      kind: "green-context",
      leastMultiprocessors: Math.min(...grouped),
      stepMultiprocessors: commonDivisor(grouped),
    });
  return schemes;
}

function tableWith(names: readonly string[]): MigTable {
  const tables: readonly MigTable[] = Object.values(migTables);
  const found = tables.find(({ profiles }) => names.every((name) => profiles.some((profile) => profile.name === name)));
  if (found !== undefined) return found;
  throw new InputError({
    what: `the MIG profiles ${[...new Set(names)].join(", ")}`,
    problem: `are on no card that is known (${Object.keys(migTables).join(", ")})`,
    advice: "put a profile.json with the device, and its own MIG table, beside measurements.csv",
  });
}

function multiprocessorsOf(
  kind: "sm-partition" | "green-context",
  partitions: readonly Partition[],
): readonly number[] {
  return partitions.flatMap((partition) => (partition.kind === kind ? [partition.multiprocessors] : []));
}

function commonDivisor(values: readonly number[]): number {
  return values.reduce((a, b) => {
    let [large, small] = [a, b];
    while (small > 0) [large, small] = [small, large % small];
    return large;
  });
}
