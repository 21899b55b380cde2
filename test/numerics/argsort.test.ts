import { argsort, type Random, seededRandom } from "@partitune/numerics";
import fc from "fast-check";
import { expect, test } from "vitest";

function expectSorted(keys: Float64Array): void {
  const truth = Array.from(keys, (_, i) => i).sort((a, b) =>
    keys[a]! < keys[b]! ? -1 : keys[a]! > keys[b]! ? 1 : a - b,
  );
  expect(argsort(keys)).toEqual(Uint32Array.from(truth));
}

test("it orders any short list, signs and infinities included, and keeps the order of equals", () => {
  fc.assert(
    fc.property(fc.float64Array({ noNaN: true, maxLength: 100 }), (keys) => {
      expectSorted(keys);
    }),
    { seed: 10 },
  );
});

const kinds: readonly (readonly [string, (random: Random) => number])[] = [
  ["normal", (random) => random.normal()],
  ["few different values", (random) => random.integer(5) - 2],
  ["different in the last bits alone", (random) => 1 + random.integer(1000) * 2 ** -52],
  ["zeros of both signs", (random) => (random.next() < 0.5 ? 0 : -0)],
  ["of all sizes", (random) => random.normal() * 10 ** (600 * random.next() - 300)],
];

test.each(kinds)("it orders five thousand keys that are %s", (_, draw) => {
  const random = seededRandom("argsort");
  expectSorted(Float64Array.from({ length: 5000 }, () => draw(random)));
});

test("an empty list has an empty order", () => {
  expect(argsort(new Float64Array(0))).toHaveLength(0);
});
