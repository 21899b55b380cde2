import type { Card, PlacedPiece } from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { type CardPlacements, cardPlacements } from "../../../packages/solver/src/cardPlacements.ts";
import { joinCards } from "../../../packages/solver/src/packing/joinCards.ts";
import { mig } from "../packing/fixtures.ts";
import { quarters, smallMig } from "./fixtures.ts";

/** Whether counts of the placements keep the cliques, the compute units and the ways. */
function keeps(card: Card, { all, cliques, ways }: CardPlacements, counts: readonly number[]): boolean {
  const units = counts.reduce((sum, count, i) => sum + count * all[i]!.compute, 0);
  const used = ways.filter((way) => way.some((i) => counts[i]! > 0));
  const crowded = cliques.some((clique) => clique.reduce((sum, i) => sum + counts[i]!, 0) > 1);
  return units <= card.compute && used.length <= 1 && !crowded && counts.every((count, i) => count <= all[i]!.most);
}

/** Whether the card takes the pieces one after the other. */
function takes(card: Card, { all }: CardPlacements, counts: readonly number[]): boolean {
  const placed: PlacedPiece[] = [];
  for (const [i, count] of counts.entries()) {
    for (let n = 0; n < count; n += 1) {
      if (!card.starts(placed, all[i]!.piece).includes(all[i]!.start)) return false;
      placed.push(all[i]!);
    }
  }
  return true;
}

function everyCount(most: readonly number[]): readonly (readonly number[])[] {
  return most.reduce<readonly (readonly number[])[]>(
    (all, count) => all.flatMap((each) => Array.from({ length: count + 1 }, (_, n) => [...each, n])),
    [[]],
  );
}

describe("where pieces may be on a card", () => {
  test.each([
    ["four-slice MIG", smallMig],
    ["shares", quarters],
    ["either of them", joinCards("both", [smallMig, quarters])],
  ])("is what the card itself takes, for every set of pieces: %s", (_, card) => {
    const placements = cardPlacements(card);
    const sets = everyCount(placements.all.map(({ most }) => most));
    const wrong = sets.filter((counts) => keeps(card, placements, counts) !== takes(card, placements, counts));
    expect(wrong).toEqual([]);
    expect(sets.length).toBeGreaterThan(20);
  });

  test("takes a clique per memory slice of eight", () => {
    const { all, cliques, ways } = cardPlacements(mig);
    expect(all).toHaveLength(14);
    expect(cliques.length).toBeLessThanOrEqual(8);
    expect(ways).toEqual([]);
  });
});
