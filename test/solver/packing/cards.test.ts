import { migTables } from "@partitune/schema";
import { type Card, migCard, mpsCard, type PlacedPiece, sevenSliceCard } from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { mig } from "./fixtures.ts";

function placements(card: Card): readonly (readonly PlacedPiece[])[] {
  const found = new Map<string, readonly PlacedPiece[]>();
  const visit = (placed: readonly PlacedPiece[]) => {
    const key = placed
      .map(({ piece, start }) => `${start}:${piece}`)
      .sort()
      .join();
    if (found.has(key)) return;
    found.set(key, placed);
    for (const { name } of card.pieces) {
      for (const start of card.starts(placed, name)) visit([...placed, { piece: name, start }]);
    }
  };
  visit([]);
  return [...found.values()].filter((placed) => placed.length > 0);
}

const isMaximal = (card: Card) => (placed: readonly PlacedPiece[]) =>
  card.pieces.every(({ name }) => card.starts(placed, name).length === 0);
const multiset = (placed: readonly PlacedPiece[]) =>
  placed
    .map(({ piece }) => piece)
    .sort()
    .join();

describe("a seven-slice card", () => {
  test("has 297 placements, 37 multisets, 19 maximal placements and 14 maximal multisets, as NVIDIA's table allows", () => {
    const all = placements(mig);
    const maximal = all.filter(isMaximal(mig));
    expect([all.length, new Set(all.map(multiset)).size]).toEqual([297, 37]);
    expect([maximal.length, new Set(maximal.map(multiset)).size]).toEqual([19, 14]);
  });

  test("has the 12 patterns of the 14 that no other contains", () => {
    const names = mig.pieces.map(({ name }) => name);
    const shown = mig.patterns!.map((counts) =>
      counts
        .map((count, i) => `${count}×${names[i]}`)
        .filter((t) => t[0] !== "0")
        .join(" "),
    );
    expect(shown.toSorted()).toEqual(
      [
        "7×1g",
        "5×1g 1×2g",
        "3×1g 2×2g",
        "1×1g 3×2g",
        "4×1g 1×3g",
        "2×1g 1×2g 1×3g",
        "2×2g 1×3g",
        "3×1g 1×4g",
        "1×1g 1×2g 1×4g",
        "1×3g 1×4g",
        "2×3g",
        "1×7g",
      ].toSorted(),
    );
  });

  test("offers the start first that hinders later pieces least: a 3g at 4, which leaves room for a 4g", () => {
    expect(mig.starts([], "3g")).toEqual([4, 0]);
    expect(mig.starts([{ piece: "3g", start: 4 }], "4g")).toEqual([0]);
    expect(mig.starts([{ piece: "3g", start: 0 }], "4g")).toEqual([]);
  });

  test("gives pieces the memory of the slices they cover", () => {
    expect(sevenSliceCard(10).pieces.map(({ memoryBytes }) => memoryBytes)).toEqual([10, 20, 40, 40, 80]);
  });

  test("finds the pattern of most value by its prices", () => {
    expect(mig.bestPattern([1, 0, 0, 0, 6])).toEqual([7, 0, 0, 0, 0]);
    expect(mig.bestPattern([0.9, 0, 4, 4.5, 8])).toEqual([0, 0, 1, 1, 0]);
  });
});

describe("a card from a table", () => {
  const profile = { name: "1g", computeSlices: 1, size: 1, starts: [0, 1], most: 2, memoryBytes: null };

  test("of two slices keeps to the number of instances that the table allows", () => {
    const card = migCard("two", { memorySlices: 2, profiles: [{ ...profile, most: 1 }] });
    expect(card.starts([{ piece: "1g", start: 0 }], "1g")).toEqual([]);
    expect(card.patterns).toEqual([[1]]);
  });

  test.each([
    ["lists a profile twice", [profile, profile]],
    ["lets 1g begin where it does not fit", [{ ...profile, starts: [2] }]],
  ])("that %s is refused", (fault, profiles) => {
    expect(() => migCard("two", { memorySlices: 2, profiles })).toThrow(fault);
  });

  // Golden counts: non-empty placements, multisets, maximal placements, maximal multisets.
  test.each([
    ["a100-80gb", [722, 77, 78, 38]],
    ["h200-141gb", [722, 77, 78, 38]],
    ["a30-24gb", [25, 9, 5, 4]],
  ] as const)("%s of the schema can be cut in as many ways as NVIDIA's table allows", (name, counts) => {
    const card = migCard(name, migTables[name]);
    const all = placements(card);
    const maximal = all.filter(isMaximal(card));
    const distinct = (list: typeof all) => new Set(list.map(multiset)).size;
    expect([all.length, distinct(all), maximal.length, distinct(maximal)]).toEqual(counts);
  });
});

describe("shares", () => {
  const card = mpsCard({ name: "shares", percents: [20, 40, 50], memoryBytes: null });

  test("fit as long as they sum to 100 %", () => {
    const two = [
      { piece: "40%", start: 0 },
      { piece: "40%", start: 0 },
    ];
    expect(card.starts(two, "20%")).toEqual([0]);
    expect(card.starts(two, "40%")).toEqual([]);
  });

  test("have as patterns all sets to which none can be added", () => {
    expect(card.pieces.map(({ name }) => name)).toEqual(["20%", "40%", "50%", "100%"]);
    expect(card.patterns!.map(String).toSorted()).toEqual(
      ["0,0,0,1", "0,0,2,0", "2,0,1,0", "0,1,1,0", "1,2,0,0", "3,1,0,0", "5,0,0,0"].toSorted(),
    );
  });

  test("no more than the number of pieces allowed", () => {
    const pairs = mpsCard({ name: "pairs", percents: [20, 40, 50], mostPieces: 2, memoryBytes: null });
    expect(pairs.patterns!.every((counts) => counts.reduce((sum, count) => sum + count, 0) <= 2)).toBe(true);
    expect(pairs.bestPattern([1, 1.5, 1, 2])).toEqual([0, 2, 0, 0]);
  });

  test("of most value are found by a knapsack, as by trying every pattern", () => {
    for (const prices of [
      [1, 2.2, 2.6, 4],
      [1, 1, 1, 1],
      [0.1, 3, 4, 5],
      [0, 0, 0, 1],
    ]) {
      const worth = (counts: readonly number[]) => counts.reduce((sum, count, i) => sum + count * prices[i]!, 0);
      expect(worth(card.bestPattern(prices))).toBeCloseTo(Math.max(...card.patterns!.map(worth)), 12);
    }
  });

  test("of 2.5 % have too many patterns to list, and still a best one", () => {
    const fine = mpsCard({
      name: "fine",
      percents: Array.from({ length: 39 }, (_, i) => 2.5 * (i + 1)),
      memoryBytes: null,
    });
    expect(fine.patterns).toBeNull();
    const counts = fine.bestPattern(fine.pieces.map(({ compute }) => compute ** 0.9));
    expect(counts[0]).toBe(40);
  });

  test.each([0, 101, 2.3, Number.NaN])("of %s % are refused", (percent) => {
    expect(() => mpsCard({ name: "odd", percents: [percent], memoryBytes: null })).toThrow("is no share");
  });
});
