import type { Device } from "./device.ts";
import { findMigProfile } from "./layouts/findMigProfile.ts";
import type { MigTable } from "./mig.ts";
import type { Partition } from "./partition.ts";
import type { Bytes, Fraction } from "./units.ts";

/** What the size of a partition depends on beside the partition itself. */
export type DeviceSize = Pick<Device, "cores"> & Partial<Pick<Device, "partitionSchemes">>;

/**
 * The part of the device's processor capacity that a partition takes, 0 to 1.
 *
 * Of an MPS share this is the share itself, which the shares of a card add up by; {@link partitionCores} says what it comes to after
 * rounding. A MIG instance takes its multiprocessors of the card's; where the table does not know them, as many as so many of
 * its smallest instances have, which is a lower bound: published cards have up to 25 % more.
 *
 * @throws InputError for a MIG profile that the device has not
 */
export function partitionFraction(value: Partition, device: DeviceSize): Fraction {
  switch (value.kind) {
    case "whole":
      return 1;
    case "cpu-share":
    case "mps-share":
      return value.share;
    case "core-set":
      return value.cores.length / device.cores;
    case "sm-partition":
    case "green-context":
      return value.multiprocessors / device.cores;
    case "mig": {
      const { table, profile } = findMigProfile(device, value.profile);
      return (profile.multiprocessors ?? profile.computeSlices * perComputeSlice(table)) / device.cores;
    }
  }
}

/** The fewest multiprocessors per compute slice of those known, so that an unknown size is never overstated; 0 when none is known. */
function perComputeSlice({ profiles }: MigTable): number {
  const known = profiles.flatMap(({ multiprocessors, computeSlices }) =>
    multiprocessors === null ? [] : [multiprocessors / computeSlices],
  );
  return known.length === 0 ? 0 : Math.min(...known);
}

/**
 * The cores (multiprocessors of a card) that a partition gives: of an MPS share what remains when the driver has rounded it down to the card's
 * unit, of a quota of processor time the time of that many.
 *
 * @throws InputError for a MIG profile that the device has not
 */
export function partitionCores(value: Partition, device: DeviceSize): number {
  if (value.kind === "core-set") return value.cores.length;
  const cores = partitionFraction(value, device) * device.cores;
  if (value.kind !== "mps-share") return cores;
  const unit = device.partitionSchemes?.find(({ kind }) => kind === "mps-share");
  return unit?.kind === "mps-share" ? roundDown(cores, unit.unitMultiprocessors) : cores;
}

/**
 * The number of cores (multiprocessors of a card) a workload on this partition can keep busy, at least 1: on a processor, its thread count.
 *
 * @throws InputError for a MIG profile that the device has not
 */
export function partitionThreads(value: Partition, device: DeviceSize): number {
  return Math.max(1, Math.ceil(partitionCores(value, device) - 1e-9));
}

/**
 * Memory that a workload on this partition may fill: the instance's own for MIG, the device's for all others, which share it.
 *
 * @returns null when the MIG table does not know it
 * @throws InputError for a MIG profile that the device has not
 */
export function partitionMemory(value: Partition, device: DeviceSize & Pick<Device, "memoryBytes">): Bytes | null {
  return value.kind === "mig" ? findMigProfile(device, value.profile).profile.memoryBytes : device.memoryBytes;
}

/** A partition without its place: a MIG instance wherever it begins, which is all that speed depends on; any other as it is. */
export function unplaced(value: Partition): Partition {
  return value.kind === "mig" ? { kind: "mig", profile: value.profile } : value;
}

/** Products of decimal shares miss whole numbers by rounding. */
function roundDown(value: number, unit: number): number {
  return Math.floor(value / unit + 1e-9) * unit;
}
