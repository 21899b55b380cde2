import { hashSeed, normalCumulative, type Random, seededRandom } from "@partitune/numerics";
import { expect, test } from "vitest";

const draws = 100_000;

function moments(draw: () => number, count = draws): { mean: number; variance: number } {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < count; i++) {
    const value = draw();
    sum += value;
    squares += value * value;
  }
  return { mean: sum / count, variance: squares / count - (sum / count) ** 2 };
}

/** Largest distance between the empirical distribution and the true one, times √n: above 1.95 in one of 1000 runs (Kolmogorov). */
function kolmogorov(draw: () => number, cumulative: (x: number) => number, count = draws): number {
  const sorted = Float64Array.from({ length: count }, draw).sort();
  let distance = 0;
  sorted.forEach((x, i) => {
    const c = cumulative(x);
    distance = Math.max(distance, (i + 1) / count - c, c - i / count);
  });
  return distance * Math.sqrt(count);
}

test("the generator is sfc32 as published, seeded with the two words of the hash", () => {
  const seed = BigInt(hashSeed("sfc32"));
  const mask = 0xffffffffn;
  let [a, b, c, counter] = [0n, seed & mask, seed >> 32n, 1n];
  const word = (): bigint => {
    const result = (a + b + counter) & mask;
    counter = (counter + 1n) & mask;
    a = b ^ (b >> 9n);
    b = (c + (c << 3n)) & mask;
    c = ((((c << 21n) & mask) | (c >> 11n)) + result) & mask;
    return result;
  };
  for (let i = 0; i < 24; i++) word();
  const random = seededRandom("sfc32");
  for (let i = 0; i < 1000; i++) {
    const high = word() >> 5n;
    expect(random.next()).toBe(Number((high << 26n) | (word() >> 6n)) / 2 ** 53);
  }
});

test("the same seed gives the same numbers, another seed others", () => {
  const numbers = (random: Random) => Array.from({ length: 20 }, () => random.next());
  expect(numbers(seededRandom(7))).toEqual(numbers(seededRandom(7)));
  expect(numbers(seededRandom(7))).not.toEqual(numbers(seededRandom("7")));
});

test("uniform numbers pass a Kolmogorov test and stay below 1", () => {
  const random = seededRandom("uniform");
  expect(
    kolmogorov(
      () => random.next(),
      (x) => x,
    ),
  ).toBeLessThan(1.95);
});

test("exponential numbers have the distribution 1 − exp(−rate x)", () => {
  const random = seededRandom("exponential");
  expect(
    kolmogorov(
      () => random.exponential(20),
      (x) => 1 - Math.exp(-20 * x),
    ),
  ).toBeLessThan(1.95);
});

test("the exponential's tail beyond the ziggurat keeps its weight", () => {
  const random = seededRandom("tail");
  let beyond = 0;
  for (let i = 0; i < 2_000_000; i++) if (random.exponential(1) > 7.69711747013105) beyond++;
  expect(beyond).toBeGreaterThan(908 - 100); // 2e6 exp(−7.697) = 908 ± 30
  expect(beyond).toBeLessThan(908 + 100);
});

test("normal numbers have the normal distribution", () => {
  const random = seededRandom("normal");
  expect(kolmogorov(() => random.normal(), normalCumulative)).toBeLessThan(1.95);
});

test.each([0.3, 3, 9.99, 10, 45, 2000])("Poisson counts of mean %d have mean and variance equal to it", (mean) => {
  const random = seededRandom(`poisson ${mean}`);
  const found = moments(() => random.poisson(mean));
  expect(Math.abs(found.mean - mean)).toBeLessThan(4 * Math.sqrt(mean / draws));
  const varianceError = Math.sqrt((mean + 2 * mean * mean) / draws);
  expect(Math.abs(found.variance - mean)).toBeLessThan(4 * varianceError);
});

test.each([4, 12])("Poisson counts of mean %d occur as often as they should (chi-square)", (mean) => {
  const random = seededRandom(`poisson chi-square ${mean}`);
  const counts = new Array<number>(40).fill(0);
  for (let i = 0; i < draws; i++) counts[Math.min(39, random.poisson(mean))]! += 1;
  let probability = Math.exp(-mean);
  let chiSquare = 0;
  let cells = 0;
  for (let k = 0; k < 39; probability *= mean / ++k) {
    const expected = draws * probability;
    if (expected < 10) continue;
    chiSquare += (counts[k]! - expected) ** 2 / expected;
    cells++;
  }
  expect(chiSquare).toBeLessThan(cells + 3.5 * Math.sqrt(2 * cells));
});

test("no event happens in no time", () => {
  expect(seededRandom(1).poisson(0)).toBe(0);
});

test("whole numbers are evenly spread over 0 … n − 1", () => {
  const random = seededRandom("integer");
  const counts = new Array<number>(7).fill(0);
  for (let i = 0; i < 70_000; i++) counts[random.integer(7)]! += 1;
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
});

test("shuffling gives every order equally often and leaves the original alone", () => {
  const random = seededRandom("shuffle");
  const items = Object.freeze(["a", "b", "c"]);
  const seen = new Map<string, number>();
  for (let i = 0; i < 60_000; i++) {
    const order = random.shuffle(items).join("");
    seen.set(order, (seen.get(order) ?? 0) + 1);
  }
  expect(seen.size).toBe(6);
  for (const count of seen.values()) expect(Math.abs(count - 10_000)).toBeLessThan(400);
});

test("filling a buffer gives the numbers that single draws would give", () => {
  const one = seededRandom("fill");
  const buffer = new Float64Array(1000);
  seededRandom("fill").fillExponential(buffer, 3);
  expect([...buffer]).toEqual(Array.from(buffer, () => one.exponential(3)));
  seededRandom("uniform fill").fillUniform(buffer);
  const other = seededRandom("uniform fill");
  expect([...buffer]).toEqual(Array.from(buffer, () => other.next()));
});

test("a fork depends on seed and label alone, not on what was drawn before", () => {
  const early = seededRandom("root").fork("station 1");
  const root = seededRandom("root");
  for (let i = 0; i < 10; i++) root.next();
  const late = root.fork("station 1");
  const first = early.next();
  expect(late.next()).toBe(first);
  expect(seededRandom("root").fork("station 2").next()).not.toBe(first);
  expect(seededRandom("root").fork("a").fork("b").next()).not.toBe(seededRandom("root").fork("b").fork("a").next());
});

test("forked streams are not correlated with their parent", () => {
  const parent = seededRandom("parent");
  const child = parent.fork("child");
  let products = 0;
  for (let i = 0; i < draws; i++) products += (parent.next() - 0.5) * (child.next() - 0.5);
  expect(Math.abs(products / draws)).toBeLessThan(4 / 12 / Math.sqrt(draws));
});

test("arguments out of range are refused", () => {
  const random = seededRandom(1);
  expect(() => random.integer(0)).toThrow(RangeError);
  expect(() => random.integer(1.5)).toThrow(RangeError);
  expect(() => random.exponential(0)).toThrow(RangeError);
  expect(() => random.exponential(Number.POSITIVE_INFINITY)).toThrow(RangeError);
  expect(() => random.poisson(-1)).toThrow(RangeError);
  expect(() => random.poisson(Number.NaN)).toThrow(RangeError);
  expect(() => seededRandom(Number.NaN)).toThrow(RangeError);
});
