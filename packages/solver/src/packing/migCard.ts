import { type Bytes, InputError } from "@partitune/schema";
import type { Card, PlacedPiece } from "./card.ts";

/** One row of a table of MIG placements. */
export interface MigProfile {
  readonly name: string;
  readonly computeSlices: number;
  /** Memory slices it covers. */
  readonly size: number;
  /** Memory slices it may begin at, preferred first. */
  readonly starts: readonly number[];
  /** Instances of it that one GPU holds, when fewer than the starts allow. */
  readonly atMost?: number;
  readonly memoryBytes: Bytes | null;
}

/** A GPU with MIG: pieces cover whole memory slices, begin at listed slices only, and do not overlap. */
export interface MigCard {
  readonly name: string;
  readonly slots: number;
  readonly computeSlices: number;
  readonly profiles: readonly MigProfile[];
}

/**
 * The card that a table of MIG placements describes.
 *
 * @throws InputError when two profiles share a name or one begins where it does not fit
 * @see NVIDIA Multi-Instance GPU User Guide, "Supported MIG Profiles"; `nvidia-smi mig -lgipp` lists the same table
 */
export function migCard({ name, slots, computeSlices, profiles }: MigCard): Card {
  const byName = new Map(profiles.map((profile) => [profile.name, profile]));
  if (byName.size < profiles.length) throw badTable(name, "lists a profile twice");
  const outside = profiles.find(({ size, starts }) => starts.some((start) => start < 0 || start + size > slots));
  if (outside !== undefined) throw badTable(name, `lets ${outside.name} begin where it does not fit`);
  const sorted = profiles.toSorted((a, b) => a.computeSlices - b.computeSlices || a.size - b.size);
  const starts = (placed: readonly PlacedPiece[], piece: string) => freeStarts(byName, placed, piece);
  const names = sorted.map((profile) => profile.name);
  const patterns = maximalMultisets(names, starts);
  return {
    name,
    compute: computeSlices,
    memoryBytes: null,
    pieces: sorted.map((profile) => ({
      name: profile.name,
      compute: profile.computeSlices,
      memoryBytes: profile.memoryBytes,
    })),
    starts,
    patterns,
    bestPattern: (prices) => patterns.reduce((best, each) => (worth(each, prices) > worth(best, prices) ? each : best)),
  };
}

function badTable(name: string, problem: string): InputError {
  return new InputError({
    what: `card "${name}"`,
    problem,
    advice: "compare it with the listing of nvidia-smi mig -lgipp",
  });
}

function freeStarts(
  profiles: ReadonlyMap<string, MigProfile>,
  placed: readonly PlacedPiece[],
  piece: string,
): readonly number[] {
  const own = profiles.get(piece)!;
  if (own.atMost !== undefined && placed.filter((other) => other.piece === piece).length >= own.atMost) return [];
  return own.starts.filter((start) =>
    placed.every((other) => other.start + profiles.get(other.piece)!.size <= start || start + own.size <= other.start),
  );
}

/** Counts of every set of placements to which nothing can be added, each multiset once, cut to those no other contains. */
function maximalMultisets(names: readonly string[], starts: Card["starts"]): readonly (readonly number[])[] {
  const found = new Map<string, readonly number[]>();
  const visit = (placed: readonly PlacedPiece[]) => {
    const last = placed.at(-1)?.start ?? -1;
    const options = names.flatMap((piece) => starts(placed, piece).map((start) => ({ piece, start })));
    if (options.length === 0) {
      const counts = names.map((name) => placed.filter(({ piece }) => piece === name).length);
      found.set(counts.join(), counts);
    }
    for (const option of options) if (option.start > last) visit([...placed, option]);
  };
  visit([]);
  const all = [...found.values()];
  const within = (a: readonly number[], b: readonly number[]) => a !== b && a.every((count, i) => count <= b[i]!);
  return all.filter((counts) => !all.some((other) => within(counts, other)));
}

function worth(counts: readonly number[], prices: readonly number[]): number {
  return counts.reduce((sum, count, i) => sum + count * prices[i]!, 0);
}
