import { InputError, type MigProfile } from "@partitune/schema";
import type { Card, PlacedPiece } from "./card.ts";

/** What packing needs of a MIG table; the tables of `@partitune/schema` have it. */
export interface MigSlots {
  readonly memorySlices: number;
  readonly profiles: readonly Slotted[];
}

/** A profile and its placements. */
type Slotted = Pick<MigProfile, "name" | "computeSlices" | "size" | "starts" | "most" | "memoryBytes">;

/**
 * The card that a table of MIG placements describes: pieces cover whole memory slices, begin at listed slices only, and do not overlap.
 * Profiles with extensions, such as `1g.10gb+me`, are left out: they compute as those without.
 *
 * Of several starts the one is preferred that overlaps the fewest placements of others, then the lower.
 *
 * @throws InputError when two profiles share a name or one begins where it does not fit
 * @see NVIDIA Multi-Instance GPU User Guide, "Supported MIG Profiles"; `nvidia-smi mig -lgipp` lists the same table
 */
export function migCard(name: string, { memorySlices, profiles }: MigSlots): Card {
  const plain = profiles.filter((profile) => !/[+-]/.test(profile.name));
  const byName = new Map(plain.map((profile) => [profile.name, preferFree(profile, plain)]));
  if (byName.size < plain.length) throw badTable(name, "lists a profile twice");
  const outside = plain.find(({ size, starts }) => starts.some((start) => start < 0 || start + size > memorySlices));
  if (outside !== undefined) throw badTable(name, `lets ${outside.name} begin where it does not fit`);
  const sorted = plain.toSorted((a, b) => a.computeSlices - b.computeSlices || a.size - b.size);
  const starts = (placed: readonly PlacedPiece[], piece: string) => freeStarts(byName, placed, piece);
  const names = sorted.map((profile) => profile.name);
  const patterns = maximalMultisets(names, starts);
  return {
    name,
    compute: sorted.at(-1)!.computeSlices,
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

/** The profile with its starts in order of how many placements of the table they overlap. */
function preferFree(profile: Slotted, all: readonly Slotted[]): Slotted {
  const overlapped = (start: number) =>
    all.reduce(
      (sum, { size, starts }) =>
        sum + starts.filter((other) => other < start + profile.size && start < other + size).length,
      0,
    );
  return { ...profile, starts: profile.starts.toSorted((a, b) => overlapped(a) - overlapped(b) || a - b) };
}

function badTable(name: string, problem: string): InputError {
  return new InputError({
    what: `card "${name}"`,
    problem,
    advice: "compare it with the listing of nvidia-smi mig -lgipp",
  });
}

function freeStarts(
  profiles: ReadonlyMap<string, Slotted>,
  placed: readonly PlacedPiece[],
  piece: string,
): readonly number[] {
  const own = profiles.get(piece)!;
  if (placed.filter((other) => other.piece === piece).length >= own.most) return [];
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
