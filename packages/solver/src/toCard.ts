import {
  type Device,
  formatPartition,
  InputError,
  migTableOf,
  type Partition,
  partitionFraction,
} from "@partitune/schema";
import type { Card } from "./packing/card.ts";
import { joinCards } from "./packing/joinCards.ts";
import { migCard } from "./packing/migCard.ts";
import { unitCard } from "./packing/unitCard.ts";

/** Ways to cut a card that many services can be packed on. */
export const pieceKinds = ["mig", "mps-share", "sm-partition", "cpu-share", "whole"] as const;
export type PieceKind = (typeof pieceKinds)[number];

/**
 * The card that a device is for packing, cut in one of the ways given: MIG instances of its table, shares or static partitions of the sizes
 * given, or not at all.
 *
 * @param partitions  sizes of shares and static partitions that may be used; those of other kinds are not looked at
 * @param mostProcesses  processes that a piece may hold, which count as clients of an MPS daemon; by default 1
 * @throws InputError when the device cannot be cut in one of the ways
 */
export function toCard(
  device: Device,
  kinds: readonly PieceKind[],
  partitions: readonly Partition[],
  mostProcesses = 1,
): Card {
  const cards = kinds.map((kind) => cardOf(device, kind, partitions, mostProcesses));
  return joinCards(device.name, cards);
}

/** The name of a piece in rows and layouts: that of its partition, wherever it begins. */
export function pieceName(partition: Partition): string {
  return partition.kind === "mig" ? partition.profile : formatPartition(partition);
}

/**
 * The piece that stands for the whole device where it is cut into shares: one client without a limit has all of it.
 *
 * @returns null when the whole device is a way of its own among those given, or none of them is shares
 */
export function wholeAs(device: Device, kinds: readonly PieceKind[]): Partition | null {
  const kind = kinds.find((each) => each === "mps-share" || each === "cpu-share");
  return kind === undefined || kinds.includes("whole") ? null : unitsOf(device, kind).whole;
}

/** The partition that a piece is; a MIG instance begins at `start`. */
export function partitionOfPiece(piece: string, start: number, known: ReadonlyMap<string, Partition>): Partition {
  const partition = known.get(piece)!;
  return partition.kind === "mig" ? { ...partition, start } : partition;
}

function cardOf(device: Device, kind: PieceKind, partitions: readonly Partition[], mostProcesses: number): Card {
  const { name, memoryBytes } = device;
  if (kind === "whole")
    return unitCard({ name, units: 1, pieces: [{ name: pieceName({ kind: "whole" }), units: 1 }], memoryBytes });
  if (kind === "mig") {
    const table = migTableOf(device);
    if (table === undefined) throw cannotCut(device, kind);
    return migCard(name, table);
  }
  const { units, most, whole } = unitsOf(device, kind);
  const sizes = partitions.filter((partition) => partition.kind === kind);
  const pieces = new Map([...sizes, whole].map((partition) => [pieceName(partition), partition]));
  return unitCard({
    name,
    units,
    pieces: [...pieces].map(([piece, partition]) => ({
      name: piece,
      units: piece === pieceName(whole) ? units : toUnits(partition, device, whole, units),
    })),
    mostPieces: Math.max(1, Math.floor(most / mostProcesses)),
    memoryBytes,
  });
}

/** Units that a piece takes: its part of what can be given away, in whole steps. */
function toUnits(partition: Partition, device: Device, whole: Partition, units: number): number {
  return Math.round((partitionFraction(partition, device) / partitionFraction(whole, device)) * units);
}

/** Steps that a device can be given away in, how many pieces it may have, and the piece that takes all of it. */
function unitsOf(
  device: Device,
  kind: Exclude<PieceKind, "mig" | "whole">,
): { readonly units: number; readonly most: number; readonly whole: Partition } {
  const scheme = device.partitionSchemes.find((each) => each.kind === kind);
  switch (scheme?.kind) {
    case "mps-share":
    case "cpu-share": {
      const share = Math.min(1, scheme.total);
      const units = Math.round(share / scheme.granularity);
      return { units, most: scheme.kind === "mps-share" ? scheme.clients : units, whole: { kind: scheme.kind, share } };
    }
    case "sm-partition": {
      const multiprocessors = scheme.chunks * scheme.chunkMultiprocessors;
      return { units: scheme.chunks, most: scheme.chunks, whole: { kind: "sm-partition", multiprocessors } };
    }
    default:
      throw cannotCut(device, kind);
  }
}

function cannotCut({ name, partitionSchemes }: Device, kind: PieceKind): InputError {
  const offered = pieceKinds.filter(
    (each) => each === "whole" || partitionSchemes.some((scheme) => scheme.kind === each),
  );
  return new InputError({
    what: `device "${name}"`,
    problem: `cannot be cut into pieces of kind ${kind}`,
    advice: `use one of: ${offered.join(", ")}`,
  });
}
