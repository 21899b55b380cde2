import { InputError } from "@partitune/schema";
import type { Card } from "./card.ts";

/**
 * Cards that may be cut in one of several ways, each card in one of them: pieces of all ways, never two ways on one card.
 *
 * @param cards  the ways to cut one and the same card, at least one; the whole of each counts the same
 * @throws InputError when two ways name a piece alike
 */
export function joinCards(name: string, cards: readonly Card[]): Card {
  if (cards.length === 1) return cards[0]!;
  const compute = cards.reduce((product, card) => product * card.compute, 1);
  const all = cards.flatMap((card, of) =>
    card.pieces.map((piece, at) => ({
      of,
      at,
      piece: { ...piece, compute: (piece.compute * compute) / card.compute },
    })),
  );
  const order = all.toSorted((a, b) => a.piece.compute - b.piece.compute);
  const cardOf = new Map(order.map(({ of, piece }) => [piece.name, of]));
  if (cardOf.size < order.length) {
    throw new InputError({
      what: `card "${name}"`,
      problem: "has two pieces of one name",
      advice: "name pieces of different kinds differently",
    });
  }
  const own = (of: number, values: readonly number[]) =>
    cards[of]!.pieces.map((_, at) => values[order.findIndex((each) => each.of === of && each.at === at)]!);
  const spread = (of: number, pattern: readonly number[]) =>
    order.map((each) => (each.of === of ? pattern[each.at]! : 0));
  const memory = cards.map(({ memoryBytes }) => memoryBytes).filter((bytes) => bytes !== null);
  const patterns = cards.map((card, of) => card.patterns?.map((pattern) => spread(of, pattern)) ?? null);
  return {
    name,
    compute,
    memoryBytes: memory.length === 0 ? null : Math.max(...memory),
    pieces: order.map(({ piece }) => piece),
    starts(placed, piece) {
      const of = cardOf.get(piece)!;
      return placed.every((other) => cardOf.get(other.piece) === of) ? cards[of]!.starts(placed, piece) : [];
    },
    patterns: patterns.every((each) => each !== null) ? patterns.flat() : null,
    bestPattern(prices) {
      const best = cards.map((card, of) => spread(of, card.bestPattern(own(of, prices))));
      const worth = (pattern: readonly number[]) => pattern.reduce((sum, count, t) => sum + count * prices[t]!, 0);
      return best.reduce((most, each) => (worth(each) > worth(most) ? each : most));
    },
  };
}
