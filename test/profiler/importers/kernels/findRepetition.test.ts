import fc from "fast-check";
import { expect, test } from "vitest";
import { findRepetition } from "../../../../packages/profiler/src/importers/kernels/findRepetition.ts";

/** A word of letters; the weight of each element is 1, but of capitals 9. */
function find(word: string) {
  const symbols = Int32Array.from(word.toLowerCase(), (letter) => letter.charCodeAt(0));
  return findRepetition(
    symbols,
    Float64Array.from(word, (letter) => (letter < "a" ? 9 : 1)),
  );
}

// Worked out by hand.
test.each([
  ["a warm-up before and an end after are left out", "xyabcabcabcz", { first: 2, period: 3, rounds: 3 }],
  ["rounds are cut before the greatest weight", "abCabCabCabCab", { first: 2, period: 3, rounds: 4 }],
  ["but not where too few rounds would remain", "abCabCabC", { first: 0, period: 3, rounds: 3 }],
  ["a round may repeat something itself", "Daabaab".repeat(4), { first: 0, period: 7, rounds: 4 }],
  ["the shortest round counts", "abababab", { first: 0, period: 2, rounds: 4 }],
  ["twice is no repetition", "abcabcd", undefined],
  ["nothing repeats itself", "", undefined],
])("%s", (_, word, expected) => {
  expect(find(word)).toEqual(expected);
});

test("what repeats itself after a warm-up of its own is found, and each round equals the first", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 3, max: 5 }), { maxLength: 20 }),
      fc.array(fc.nat(2), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 3, max: 6 }),
      (before, round, rounds) => {
        const symbols = Int32Array.from([...before, ...Array.from({ length: rounds }, () => round).flat()]);
        const found = findRepetition(symbols, new Float64Array(symbols.length));
        if (found === undefined) throw new Error("a repetition was overlooked");
        const part = (at: number) =>
          symbols.slice(found.first + at * found.period, found.first + (at + 1) * found.period);
        for (let at = 1; at < found.rounds; at++) expect(part(at)).toEqual(part(0));
        expect(found.rounds).toBeGreaterThanOrEqual(3);
        expect(found.rounds * found.period).toBeLessThanOrEqual(symbols.length);
      },
    ),
  );
});
