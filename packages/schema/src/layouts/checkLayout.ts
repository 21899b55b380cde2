import type { Device, PartitionScheme } from "../device.ts";
import type { Partition } from "../partition.ts";
import { checkMig } from "./checkMig.ts";
import { checkMps } from "./checkMps.ts";
import { checkMultiprocessors } from "./checkMultiprocessors.ts";
import { checkProcessor } from "./checkProcessor.ts";
import type { LayoutConflict } from "./layoutConflict.ts";

/** Whether partitions fit on one device together: with every MIG instance at its place, or why not. */
export type LayoutCheck =
  | { readonly fits: true; readonly partitions: readonly Partition[] }
  | { readonly fits: false; readonly conflicts: readonly LayoutConflict[] };

/** What a layout is checked against. */
export type LayoutDevice = Pick<Device, "name" | "cores" | "partitionSchemes">;

type Kind = Partition["kind"];

/**
 * Whether a device can be cut into these partitions at once, and if not, every reason that is found.
 *
 * Several workloads on the whole device share it without limits, which fits. MIG instances without a start are given one, if there is an
 * arrangement; those with one stay there. Memory that workloads need, and what they are, is not looked at.
 *
 * @param partitions  in any order; reasons name them by their positions
 * @returns reasons in the order of the checks: the device's own, then those of the way of cutting
 * @example checkLayout(a100, ["mig:3g.40gb@4", "mig:1g.10gb@6"].map(parsePartition))  // no: both claim memory slice 6
 */
export function checkLayout(device: LayoutDevice, partitions: readonly Partition[]): LayoutCheck {
  const general = [...notOffered(device, partitions), ...mixed(partitions)];
  if (general.length > 0) return { fits: false, conflicts: general };
  const checks = device.partitionSchemes.map((scheme) => checkScheme(device, scheme, partitions));
  const conflicts = checks.flatMap((check) => (check.fits ? [] : check.conflicts));
  if (conflicts.length > 0) return { fits: false, conflicts };
  return checks.find((check) => check.fits && check.partitions !== partitions) ?? { fits: true, partitions };
}

function checkScheme(device: LayoutDevice, scheme: PartitionScheme, partitions: readonly Partition[]): LayoutCheck {
  switch (scheme.kind) {
    case "whole":
      return { fits: true, partitions };
    case "cpu-share":
    case "core-set":
      return verdict(checkProcessor(device, scheme, partitions), partitions);
    case "mps-share":
      return verdict(checkMps(device, scheme, partitions), partitions);
    case "sm-partition":
    case "green-context":
      return verdict(checkMultiprocessors(device, scheme, partitions), partitions);
    case "mig":
      return checkMig(scheme, partitions);
  }
}

function verdict(conflicts: readonly LayoutConflict[], partitions: readonly Partition[]): LayoutCheck {
  return conflicts.length > 0 ? { fits: false, conflicts } : { fits: true, partitions };
}

function notOffered(device: LayoutDevice, partitions: readonly Partition[]): readonly LayoutConflict[] {
  const offered = new Set<Kind>(device.partitionSchemes.map(({ kind }) => kind));
  const strange = [...new Set(partitions.map(({ kind }) => kind))].filter((kind) => !offered.has(kind));
  return strange.map((kind) => ({
    code: "not-offered",
    pieces: positions(partitions, (each) => each.kind === kind),
    slices: [],
    text: `"${device.name}" has no ${schemeNames[kind]}; it can be cut into ${[...offered].map((each) => schemeNames[each]).join(", ")}`,
  }));
}

/** Quotas and cores of a processor may stand side by side; of a card, one way of cutting holds for all of it. */
function mixed(partitions: readonly Partition[]): readonly LayoutConflict[] {
  const families = [...new Set(partitions.map(({ kind }) => (kind === "core-set" ? "cpu-share" : kind)))];
  if (families.length <= 1) return [];
  const beside = families.includes("whole");
  const names = families.map((kind) => schemeNames[kind]).join(" and ");
  return [
    {
      code: beside ? "whole-beside-piece" : "mixed-schemes",
      pieces: partitions.map((_, at) => at),
      slices: [],
      text: beside
        ? `the whole device takes everything, so nothing fits beside it (${names}); put all on the whole device, or none`
        : `${names} exclude each other on one device; use one of them for all`,
    },
  ];
}

const schemeNames: Readonly<Record<Kind, string>> = {
  whole: "the whole device",
  "cpu-share": "shares of processor time",
  "core-set": "sets of cores",
  "mps-share": "MPS shares",
  mig: "MIG instances",
  "sm-partition": "static SM partitions",
  "green-context": "green contexts",
};

function positions(partitions: readonly Partition[], matches: (partition: Partition) => boolean): readonly number[] {
  return partitions.flatMap((each, at) => (matches(each) ? [at] : []));
}
