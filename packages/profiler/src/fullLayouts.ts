import { type Device, formatPartition, type Partition, partitionFraction } from "@partitune/schema";
import { fitTogether } from "./space.ts";

/**
 * The ways to put so many pieces on a device beside each other that none could be exchanged for a larger one of those given. The whole device is a
 * piece, taken by turns, only where nothing smaller is given.
 *
 * @returns each once, pieces in the order given; empty when so many do not fit
 */
export function fullLayouts(
  partitions: readonly Partition[],
  size: number,
  device: Device,
): readonly (readonly Partition[])[] {
  const distinct = [...new Map(partitions.map((each) => [formatPartition(each), each])).values()];
  const smaller = distinct.filter(({ kind }) => kind !== "whole");
  const pieces = smaller.length === 0 ? distinct : smaller;
  const fits = (layout: readonly Partition[]) => fitTogether(layout, device);
  return multisets(pieces, size).filter(
    (layout) => fits(layout) && !layout.some((piece, i) => larger(piece).some((each) => fits(layout.with(i, each)))),
  );

  function larger(piece: Partition): readonly Partition[] {
    return pieces.filter((each) => partitionFraction(each, device) > partitionFraction(piece, device) + 1e-9);
  }
}

/** All ways to take so many of the items, each as often as one likes, in their order. */
export function multisets<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  if (size === 0) return [[]];
  return items.flatMap((item, i) => multisets(items.slice(i), size - 1).map((rest) => [item, ...rest]));
}
