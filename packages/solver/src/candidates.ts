import {
  type Config,
  type Device,
  formatPartition,
  isValid,
  migTableOf,
  type Partition,
  type Profile,
  parsePartition,
  type Surrogate,
} from "@partitune/schema";
import { allowsPartition } from "./allowsPartition.ts";

/** The partitions and batch sizes to consider for one workload. */
export interface Candidates {
  readonly partitions: readonly Partition[];
  readonly batches: readonly number[];
}

/** More shares than these are not offered; a finer grid is thinned evenly. */
const mostShares = 100;

/**
 * What may be considered for each workload: every partition and batch size that was measured, and the shares of the device's grid
 * that lie between measured ones.
 *
 * @param source  a profile, or the surrogate fitted to one
 * @returns workload → candidates, both ascending
 */
export function findCandidates(source: Profile | Surrogate): Readonly<Record<string, Candidates>> {
  const configs = source.kind === "profile" ? configsOfProfile(source) : configsOfSurrogate(source);
  const byWorkload = Map.groupBy(configs, (config) => config.workload);
  return Object.fromEntries(
    [...byWorkload].map(([workload, own]) => [
      workload,
      {
        partitions: withGrid(unique(own.map((config) => config.partition)), source.device),
        batches: [...new Set(own.map((config) => config.batch))].sort((a, b) => a - b),
      },
    ]),
  );
}

type Measured = Pick<Config, "workload" | "partition" | "batch">;

function configsOfProfile(profile: Profile): Measured[] {
  return profile.measurements.filter(isValid).map((row) => row.point.config);
}

/** A surrogate keeps a residual of every configuration it was fitted to. */
function configsOfSurrogate(surrogate: Surrogate): Measured[] {
  return surrogate.fits.flatMap((fit) =>
    fit.residuals.map((row) => ({
      workload: fit.workload,
      partition: parsePartition(row.partition),
      batch: row.batch,
    })),
  );
}

function unique(partitions: readonly Partition[]): Partition[] {
  return [...new Map(partitions.map((partition) => [formatPartition(partition), partition])).values()];
}

/**
 * Adds the shares between the least and the largest measured one, and a MIG instance that was measured anywhere at each of its starts; leaves out
 * what the device no longer allows.
 */
function withGrid(found: readonly Partition[], device: Device): Partition[] {
  const measured = found.flatMap((partition) => placesOf(partition, device));
  const shares = measured.flatMap((partition) => (partition.kind === "cpu-share" ? [partition.share] : []));
  const between = gridBetween(Math.min(...shares), Math.max(...shares), device);
  return unique([...measured, ...between.map((share) => ({ kind: "cpu-share" as const, share }))])
    .filter((partition) => allowsPartition(device, partition))
    .sort(bySize);
}

/** Speed is the same wherever an instance begins, and a plan says where. */
function placesOf(partition: Partition, device: Device): readonly Partition[] {
  const profile = migTableOf(device)?.profiles.find(
    (each) => partition.kind === "mig" && each.name === partition.profile,
  );
  if (partition.kind !== "mig" || profile === undefined) return [partition];
  return profile.starts.map((start) => ({ kind: "mig", profile: profile.name, start }));
}

function gridBetween(least: number, most: number, device: Device): number[] {
  const scheme = device.partitionSchemes.find((each) => each.kind === "cpu-share");
  if (scheme === undefined || !(least < most)) return [];
  const first = Math.ceil(least / scheme.granularity - 1e-9);
  const last = Math.floor(most / scheme.granularity + 1e-9);
  const stride = Math.max(1, Math.ceil((last - first + 1) / mostShares));
  const steps = Math.max(0, Math.floor((last - first) / stride) + 1);
  return Array.from({ length: steps }, (_, i) => Number(((first + i * stride) * scheme.granularity).toPrecision(12)));
}

function bySize(a: Partition, b: Partition): number {
  const size = (partition: Partition) =>
    partition.kind === "cpu-share" || partition.kind === "mps-share" ? partition.share : 2;
  return size(a) - size(b) || (formatPartition(a) < formatPartition(b) ? -1 : 1);
}
