import type { Card } from "./packing/card.ts";

/** A piece at a place where a card may have it. */
export interface Placement {
  /** Position of the piece in the card's list. */
  readonly index: number;
  readonly piece: string;
  readonly start: number;
  readonly compute: number;
  /** How many there may be at the same place: pieces without position share theirs. */
  readonly most: number;
}

/** All places of all pieces of a card, and which exclude each other. */
export interface CardPlacements {
  readonly all: readonly Placement[];
  /** Sets of positions in `all` of which a card has one at most. */
  readonly cliques: readonly (readonly number[])[];
  /** Sets of positions in `all` of which a card uses one set only, such as MIG instances or MPS shares; empty when there is no such choice. */
  readonly ways: readonly (readonly number[])[];
}

/**
 * Reads from a card's rule where pieces may be, and which may not be there together. What its compute units exclude is not listed: pieces
 * without position exclude each other in no other way.
 */
export function cardPlacements(card: Card): CardPlacements {
  const all = card.pieces.flatMap(({ name, compute }, index) =>
    card.starts([], name).map((start): Placement => {
      const shares = card.starts([{ piece: name, start }], name).includes(start);
      return { index, piece: name, start, compute, most: shares ? Math.floor(card.compute / compute) : 1 };
    }),
  );
  const meets = all.map((a) => all.map((b) => !card.starts([a], b.piece).includes(b.start)));
  const single = all.map(({ most }) => most === 1);
  const excludes = meets.map((row, a) => row.map((edge, b) => edge && single[a]! && single[b]!));
  return { all, cliques: coverPairs(excludes), ways: waysOf(card, all, meets) };
}

/** Cliques of a graph that cover each of its edges, grown greedily; a vertex that excludes itself alone is a clique of one. */
function coverPairs(edges: readonly (readonly boolean[])[]): readonly (readonly number[])[] {
  const covered = edges.map((row) => row.map((edge) => !edge));
  const cliques: number[][] = [];
  for (const [a, row] of edges.entries()) {
    for (let b = row.length - 1; b >= a; b -= 1) {
      if (covered[a]![b]!) continue;
      const clique = a === b ? [a] : [a, b];
      for (const c of row.keys())
        if (!clique.includes(c) && clique.every((member) => edges[member]![c]!)) clique.push(c);
      for (const one of clique) for (const other of clique) covered[one]![other] = true;
      cliques.push(clique);
    }
  }
  return cliques;
}

/** Placements that may be on one card with each other, directly or through others; those that fill a card are left out. */
function waysOf(card: Card, all: readonly Placement[], meets: readonly (readonly boolean[])[]): CardPlacements["ways"] {
  const partial = [...all.keys()].filter((a) => all[a]!.compute < card.compute);
  const left = new Set(partial);
  const ways: number[][] = [];
  for (const first of partial) {
    if (!left.delete(first)) continue;
    const way = [first];
    for (const a of way) {
      for (const b of left) {
        if (meets[a]![b]!) continue;
        left.delete(b);
        way.push(b);
      }
    }
    ways.push(way);
  }
  return ways.length > 1 ? ways : [];
}
