import { type Device, type Fraction, formatPartition, type Partition, type PartitionScheme } from "@partitune/schema";

/** Kinds of pieces whose size can be chosen freely, the one that isolates best first. */
export const pieceKinds = ["green-context", "mps-share", "cpu-share"] as const;
/** A kind of piece that a recording divides a device into. */
export type PieceKind = (typeof pieceKinds)[number];

/** The same for pieces of different processes at once, of which green contexts only take turns. */
export const pairedKinds: readonly PieceKind[] = ["mps-share", "cpu-share", "green-context"];

/** Pieces of a device of about the given sizes, rounded down to what its scheme allows; without those too small for it and without repeats. */
export function devicePieces(device: Device, fractions: readonly Fraction[], kind: PieceKind): readonly Partition[] {
  const scheme = device.partitionSchemes.find((each): each is Divisible => each.kind === kind);
  if (scheme === undefined) return [];
  const pieces = fractions.flatMap((fraction) => pieceOf(scheme, fraction, device));
  return [...new Map(pieces.map((piece) => [formatPartition(piece), piece])).values()];
}

type Divisible = Extract<PartitionScheme, { readonly kind: PieceKind }>;

function pieceOf(scheme: Divisible, fraction: Fraction, device: Device): readonly Partition[] {
  switch (scheme.kind) {
    case "green-context": {
      const multiprocessors = roundDown(fraction * device.cores, scheme.stepMultiprocessors);
      return multiprocessors < scheme.leastMultiprocessors ? [] : [{ kind: "green-context", multiprocessors }];
    }
    case "mps-share":
    case "cpu-share": {
      const share = Number(roundDown(fraction, scheme.granularity).toFixed(6));
      return share > 0 && share <= scheme.total ? [{ kind: scheme.kind, share }] : [];
    }
  }
}

function roundDown(value: number, step: number): number {
  return Math.floor(value / step + 1e-9) * step;
}
