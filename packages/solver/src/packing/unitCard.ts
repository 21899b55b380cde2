import { type Bytes, InputError } from "@partitune/schema";
import type { Card, PlacedPiece } from "./card.ts";

/** A piece that takes a whole number of a card's units, wherever they are. */
export interface UnitPiece {
  readonly name: string;
  readonly units: number;
}

/** A card whose pieces take units of it and have no position: shares in percent, chunks of multiprocessors. */
export interface UnitCard {
  readonly name: string;
  /** Units of the whole card. */
  readonly units: number;
  /** One of them has all units. */
  readonly pieces: readonly UnitPiece[];
  /** Pieces on one card at the same time, by default as many as fit. */
  readonly mostPieces?: number;
  /** Memory that all pieces take from, bytes; null when not known. */
  readonly memoryBytes: Bytes | null;
}

/** Listing more combinations than this is left to {@link Card.bestPattern}. */
const mostPatterns = 700;

/**
 * The card of which any pieces may be cut that sum to at most its units. All start at 0.
 *
 * @throws InputError when a piece takes no whole number of units from 1 to all of them, two share a name, or none takes all
 */
export function unitCard({ name, units, pieces, mostPieces = units, memoryBytes }: UnitCard): Card {
  const bad = pieces.find((piece) => !Number.isInteger(piece.units) || piece.units < 1 || piece.units > units);
  if (bad !== undefined) throw badPiece(`piece ${bad.name} of card "${name}"`, `takes ${bad.units} of ${units} units`);
  const sorted = pieces.toSorted((a, b) => a.units - b.units);
  const unitsOf = new Map(sorted.map((piece) => [piece.name, piece.units]));
  if (unitsOf.size < sorted.length) throw badPiece(`card "${name}"`, "lists a piece twice");
  if (sorted.at(-1)?.units !== units) throw badPiece(`card "${name}"`, "lists no piece that is the whole card");
  const sizes = sorted.map((piece) => piece.units);
  const starts = (placed: readonly PlacedPiece[], piece: string) => {
    const used = placed.reduce((sum, other) => sum + unitsOf.get(other.piece)!, 0);
    return placed.length < mostPieces && used + unitsOf.get(piece)! <= units ? [0] : [];
  };
  return {
    name,
    compute: units,
    memoryBytes,
    pieces: sorted.map((piece) => ({ name: piece.name, compute: piece.units, memoryBytes: null })),
    starts,
    patterns: maximalCuts(units, sizes, mostPieces),
    bestPattern: (prices) => bestCut(units, sizes, prices, mostPieces),
  };
}

function badPiece(what: string, problem: string): InputError {
  return new InputError({ what, problem, advice: "give pieces of whole units, each once, and the whole card" });
}

/** Every multiset of pieces to which none can be added; null when they are more than {@link mostPatterns}. */
function maximalCuts(
  units: number,
  sizes: readonly number[],
  mostPieces: number,
): readonly (readonly number[])[] | null {
  const found: number[][] = [];
  const visit = (index: number, left: number, pieces: number, counts: readonly number[]): boolean => {
    if (index < 0) {
      if (left < sizes[0]! || pieces === 0) found.push([...counts]);
      return found.length <= mostPatterns;
    }
    for (let count = Math.min(pieces, Math.floor(left / sizes[index]!)); count >= 0; count -= 1) {
      if (!visit(index - 1, left - count * sizes[index]!, pieces - count, [count, ...counts])) return false;
    }
    return true;
  };
  return visit(sizes.length - 1, units, mostPieces, []) ? found : null;
}

/** Knapsack of the card's units, one piece more in each round. */
function bestCut(
  units: number,
  sizes: readonly number[],
  prices: readonly number[],
  mostPieces: number,
): readonly number[] {
  const picks: Int16Array[] = [];
  let values = new Float64Array(units + 1);
  for (let round = Math.min(mostPieces, Math.floor(units / sizes[0]!)); round > 0; round -= 1) {
    const next = values.slice();
    const pick = new Int16Array(units + 1).fill(-1);
    for (const [index, size] of sizes.entries()) {
      for (let room = size; room <= units; room += 1) {
        const value = values[room - size]! + prices[index]!;
        if (value <= next[room]!) continue;
        next[room] = value;
        pick[room] = index;
      }
    }
    picks.push(pick);
    values = next;
  }
  const counts = sizes.map(() => 0);
  let room = units;
  for (const pick of picks.toReversed()) {
    const index = pick[room]!;
    if (index < 0) continue;
    counts[index]! += 1;
    room -= sizes[index]!;
  }
  return counts;
}
