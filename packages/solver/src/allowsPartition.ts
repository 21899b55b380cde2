import type { Device, Partition } from "@partitune/schema";

/**
 * True when a scheme of the device allows the partition: a share on its grid and within its total, cores that exist, or all of it.
 */
export function allowsPartition(device: Device, partition: Partition): boolean {
  return device.partitionSchemes.some((scheme) => {
    if (scheme.kind === "cpu-share" && partition.kind === "cpu-share") {
      const steps = partition.share / scheme.granularity;
      return Math.abs(steps - Math.round(steps)) < 1e-6 && partition.share <= scheme.total * (1 + 1e-9);
    }
    if (scheme.kind === "core-set" && partition.kind === "core-set") {
      return partition.cores.every((core) => core < device.cores);
    }
    return scheme.kind === "whole" && partition.kind === "whole";
  });
}
