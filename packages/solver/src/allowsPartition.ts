import { checkLayout, type Device, type Partition } from "@partitune/schema";

/**
 * True when a scheme of the device allows the partition: a share on its grid and within its total, cores that exist, a MIG instance that may begin
 * there, multiprocessors that can be given away, or all of it.
 */
export function allowsPartition(device: Device, partition: Partition): boolean {
  return checkLayout(device, [partition]).fits;
}
