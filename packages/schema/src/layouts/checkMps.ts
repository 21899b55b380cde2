import type { PartitionScheme } from "../device.ts";
import { formatPartition, type Partition } from "../partition.ts";
import { partitionCores } from "../partitionSize.ts";
import type { LayoutDevice } from "./checkLayout.ts";
import type { LayoutConflict } from "./layoutConflict.ts";
import { exceeds, isOnGrid, percent } from "./onGrid.ts";
import { piecesOf } from "./piecesOf.ts";

/** MPS shares that can be set, come to at least one unit of multiprocessors each, and add up to no more than the total. */
export function checkMps(
  device: LayoutDevice,
  { granularity, total, unitMultiprocessors, clients }: Extract<PartitionScheme, { readonly kind: "mps-share" }>,
  partitions: readonly Partition[],
): readonly LayoutConflict[] {
  const pieces = piecesOf("mps-share", partitions);
  const all = pieces.map(({ at }) => at);
  const sum = pieces.reduce((added, { partition }) => added + partition.share, 0);
  const each = pieces.flatMap(({ at, partition }): LayoutConflict[] => {
    const name = `"${formatPartition(partition)}"`;
    const conflict = (text: string): LayoutConflict => ({ code: "off-grid", pieces: [at], slices: [], text });
    if (!isOnGrid(partition.share, granularity)) return [conflict(`${name} is no multiple of ${percent(granularity)}`)];
    if (partitionCores(partition, device) > 0) return [];
    const least = Math.ceil(unitMultiprocessors / device.cores / granularity - 1e-9) * granularity;
    return [conflict(`${name} rounds down to no multiprocessor at all; give it ${percent(least)} or more`)];
  });
  const tooMuch = `the shares add up to ${percent(sum)}, and ${percent(total)} can be given away; beyond it clients take turns and slow each other down`;
  const tooMany = `${pieces.length} clients, and an MPS server takes ${clients}`;
  return [
    ...each,
    ...(exceeds(sum, total) ? [{ code: "too-much" as const, pieces: all, slices: [], text: tooMuch }] : []),
    ...(pieces.length > clients ? [{ code: "too-many" as const, pieces: all, slices: [], text: tooMany }] : []),
  ];
}
