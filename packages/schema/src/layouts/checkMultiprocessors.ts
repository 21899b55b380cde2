import type { PartitionScheme } from "../device.ts";
import { formatPartition, type Partition } from "../partition.ts";
import type { LayoutDevice } from "./checkLayout.ts";
import type { LayoutConflict } from "./layoutConflict.ts";
import { piecesOf } from "./piecesOf.ts";

type Scheme = Extract<PartitionScheme, { readonly kind: "sm-partition" | "green-context" }>;

/** Sizes that the hardware can set, adding up to no more multiprocessors than can be given away. */
export function checkMultiprocessors(
  device: LayoutDevice,
  scheme: Scheme,
  partitions: readonly Partition[],
): readonly LayoutConflict[] {
  const pieces = piecesOf(scheme.kind, partitions);
  const { least, step, total } = multiprocessorGrid(scheme, device.cores);
  const sum = pieces.reduce((added, { partition }) => added + partition.multiprocessors, 0);
  const strange = pieces.filter(({ partition: { multiprocessors: n } }) => n % step !== 0 || n < least);
  return [
    ...strange.map(({ at, partition }) => ({
      code: "off-grid" as const,
      pieces: [at],
      slices: [],
      text: `"${formatPartition(partition)}" is no size that the card can set: multiples of ${step} multiprocessors${least > step ? ` from ${least} on` : ""}, such as ${nearSize(partition.multiprocessors, least, step)}`,
    })),
    ...(sum > total
      ? [
          {
            code: "too-much" as const,
            pieces: pieces.map(({ at }) => at),
            slices: [],
            text: `the partitions take ${sum} multiprocessors, and ${total} of ${device.cores} can be given away${total < device.cores ? ` in steps of ${step}` : ""}`,
          },
        ]
      : []),
  ];
}

/** Sizes are multiples of `step` from `least` on and add up to `total` at most, all in multiprocessors. */
export function multiprocessorGrid(
  scheme: Scheme,
  cores: number,
): { readonly least: number; readonly step: number; readonly total: number } {
  if (scheme.kind === "green-context") {
    const { leastMultiprocessors: least, stepMultiprocessors: step } = scheme;
    return { least, step, total: Math.floor(cores / step) * step };
  }
  const { chunkMultiprocessors: step, chunks } = scheme;
  return { least: step, step, total: step * chunks };
}

function nearSize(asked: number, least: number, step: number): number {
  return Math.max(Math.ceil(least / step), Math.floor(asked / step)) * step;
}
