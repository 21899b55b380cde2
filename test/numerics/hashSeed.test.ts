import { hashSeed } from "@partitune/numerics";
import { expect, test } from "vitest";

test("the same parts give the same seed, today and tomorrow", () => {
  expect(hashSeed("round", 3, "bert")).toBe(4249630474337214);
});

test("order, type and borders of the parts count", () => {
  const seeds = [
    hashSeed("ab", "c"),
    hashSeed("a", "bc"),
    hashSeed("abc"),
    hashSeed("a", "b", "c"),
    hashSeed("c", "ab"),
    hashSeed(1),
    hashSeed("1"),
    hashSeed(),
    hashSeed(""),
  ];
  expect(new Set(seeds).size).toBe(seeds.length);
});

test("a hundred thousand labels give a hundred thousand different whole seeds below 2^53", () => {
  const seeds = new Set<number>();
  for (let i = 0; i < 100_000; i++) seeds.add(hashSeed("label", i));
  expect(seeds.size).toBe(100_000);
  for (const seed of seeds) if (!Number.isSafeInteger(seed) || seed < 0) throw new Error(`${seed} is no seed`);
});

test("each input bit flips half of the seed's bits on average", () => {
  let flipped = 0;
  for (let i = 0; i < 1000; i++) {
    const difference = BigInt(hashSeed(i)) ^ BigInt(hashSeed(i ^ 1));
    flipped += difference.toString(2).replaceAll("0", "").length;
  }
  expect(flipped / 1000 / 53).toBeCloseTo(0.5, 1);
});

test("-0 is 0, and a number that is not finite is refused", () => {
  expect(hashSeed(-0)).toBe(hashSeed(0));
  expect(() => hashSeed(Number.NaN)).toThrow(RangeError);
  expect(() => hashSeed(Number.POSITIVE_INFINITY)).toThrow("finite");
});
