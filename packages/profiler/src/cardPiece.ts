import {
  type Bytes,
  type Device,
  type Fraction,
  findMigProfile,
  type Partition,
  partitionCores,
  partitionMemory,
} from "@partitune/schema";
import { type CardPiece, cardMultiprocessors, reachableBandwidth } from "./cardFormula.ts";

/** What a partition of the synthetic card gives. */
export interface CutPiece extends CardPiece {
  /** True where cache and memory paths are its own, as of a MIG instance. */
  readonly isolated: boolean;
  /** Part of the card that counts where others feel what runs here. */
  readonly share: Fraction;
  /** Memory that fits, shared with other pieces unless isolated. */
  readonly memoryBytes: Bytes;
}

/**
 * What a partition gives: multiprocessors, and bandwidth in proportion to its memory slices on a MIG instance, else as much as its multiprocessors
 * can use up, since memory is shared.
 *
 * @throws InputError for a MIG profile that the card has not
 */
export function cardPiece(partition: Partition, device: Device): CutPiece {
  const multiprocessors = partitionCores(partition, device);
  const memoryBytes = partitionMemory(partition, device) ?? device.memoryBytes;
  const share = multiprocessors / cardMultiprocessors;
  if (partition.kind !== "mig")
    return {
      multiprocessors,
      bandwidth: reachableBandwidth(multiprocessors),
      isolated: false,
      share: partition.kind === "mps-share" ? partition.share : share,
      memoryBytes,
    };
  const { table, profile } = findMigProfile(device, partition.profile);
  return { multiprocessors, bandwidth: profile.size / table.memorySlices, isolated: true, share, memoryBytes };
}
