import {
  type Device,
  type FleetGpu,
  type FleetPiece,
  findMigProfile,
  freeStarts,
  InputError,
  type MigTable,
  type Partition,
  partitionFraction,
} from "@partitune/schema";
import { runningSums } from "./runningSums.ts";

/** How the pieces of a card lie beside each other. */
export interface CardSpans {
  /** What the card is measured in: memory slices under MIG, else parts of its capacity. */
  readonly unit: "memory slices" | "share";
  /** All of it: so many slices, or 1. */
  readonly length: number;
  /** In the order in which they lie. */
  readonly pieces: readonly PieceSpan[];
  /** What no piece covers. */
  readonly gaps: readonly Gap[];
}

/** Where a piece lies. Shares that add up to more than the card has end beyond its length. */
export interface PieceSpan {
  readonly piece: FleetPiece;
  readonly from: number;
  readonly to: number;
}

/** A stretch that no piece covers; `usable` where another piece could still be created. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly usable: boolean;
}

/**
 * Where the pieces of a card lie: MIG instances on the memory slices at which they begin, all others side by side. Pieces that are the whole card
 * have no place of their own: where there are several, each is given an equal part.
 *
 * @throws InputError for a MIG instance without a start, or of a profile that the device has not
 */
export function pieceSpans({ pieces }: FleetGpu, device: Device): CardSpans {
  const placed = pieces.flatMap((piece) =>
    piece.partition.kind === "mig" ? [{ piece, partition: piece.partition }] : [],
  );
  const [first] = placed;
  return first === undefined
    ? sideBySide(pieces, device)
    : onSlices(findMigProfile(device, first.partition.profile).table, placed);
}

type MigPartition = Extract<Partition, { readonly kind: "mig" }>;

function onSlices(
  table: MigTable,
  placed: readonly { readonly piece: FleetPiece; readonly partition: MigPartition }[],
): CardSpans {
  const instances = placed.map(({ piece, partition: { profile, start } }) => {
    if (start !== undefined) return { piece, profile, start };
    throw new InputError({
      what: `piece "${piece.id}"`,
      problem: `is a MIG instance ${profile} without a start`,
      advice: "give every MIG instance of a fleet the memory slice at which it begins",
    });
  });
  const spans = instances
    .map(({ piece, profile, start }) => {
      const { size } = findMigProfile({ partitionSchemes: [table] }, profile).profile;
      return { piece, from: start, to: start + size };
    })
    .sort((a, b) => a.from - b.from);
  const usable = new Set(
    table.profiles.flatMap(({ name, size }) =>
      freeStarts(table, instances, name).flatMap((start) => Array.from({ length: size }, (_, i) => start + i)),
    ),
  );
  const free = Array.from({ length: table.memorySlices }, (_, slice) => slice).filter((slice) =>
    spans.every(({ from, to }) => slice < from || slice >= to),
  );
  return { unit: "memory slices", length: table.memorySlices, pieces: spans, gaps: joined(free, usable) };
}

/** Neighbouring slices of the same kind as one gap. */
function joined(slices: readonly number[], usable: ReadonlySet<number>): Gap[] {
  const gaps: Gap[] = [];
  for (const slice of slices) {
    const last = gaps.at(-1);
    const grows = last?.to === slice && last.usable === usable.has(slice);
    if (grows) gaps[gaps.length - 1] = { ...last, to: slice + 1 };
    else gaps.push({ from: slice, to: slice + 1, usable: usable.has(slice) });
  }
  return gaps;
}

function sideBySide(pieces: readonly FleetPiece[], device: Device): CardSpans {
  const wholes = pieces.filter(({ partition }) => partition.kind === "whole").length;
  const ends = runningSums(pieces.map(({ partition }) => partitionFraction(partition, device) / Math.max(1, wholes)));
  const total = ends.at(-1)!;
  return {
    unit: "share",
    length: 1,
    pieces: pieces.map((piece, i) => ({ piece, from: ends[i]!, to: ends[i + 1]! })),
    gaps: total < 1 - 1e-9 ? [{ from: total, to: 1, usable: true }] : [],
  };
}
