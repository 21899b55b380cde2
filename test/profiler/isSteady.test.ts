import { type Random, seededRandom } from "@partitune/numerics";
import { describe, expect, test } from "vitest";
import { isSteady, leastForSteady } from "../../packages/profiler/src/isSteady.ts";

function sequence(length: number, valueAt: (i: number) => number): readonly number[] {
  return Array.from({ length }, (_, i) => valueAt(i));
}

function noise(random: Random, sigma: number): number {
  return Math.exp(sigma * random.normal());
}

describe("is steady", () => {
  test("a constant sequence", () => {
    expect(isSteady(sequence(leastForSteady, () => 0.01))).toBe(true);
  });

  test.each([20, 60, 300, 3000])("noise without a trend, nearly always: %i batches", (length) => {
    const random = seededRandom("noise");
    const verdicts = sequence(100, () => Number(isSteady(sequence(length, () => noise(random, 0.1)))));
    expect(verdicts.reduce((sum, each) => sum + each, 0)).toBeGreaterThanOrEqual(90);
  });

  test("what follows a slow start, once the start lies in the first half", () => {
    const random = seededRandom("slow start");
    expect(isSteady(sequence(100, (i) => (i < 40 ? 2 : 1) * noise(random, 0.01)))).toBe(true);
  });

  test("a trend too small to matter, however many batches show it", () => {
    const random = seededRandom("small trend");
    expect(isSteady(sequence(20_000, (i) => (1 + (0.004 * i) / 20_000) * noise(random, 0.01)))).toBe(true);
  });
});

describe("is not steady", () => {
  test("what is too short to tell", () => {
    expect(isSteady(sequence(leastForSteady - 1, () => 0.01))).toBe(false);
  });

  test("a slow drift, which neighbouring windows hardly show", () => {
    const random = seededRandom("drift");
    expect(isSteady(sequence(400, (i) => (1 + (0.06 * i) / 400) * noise(random, 0.005)))).toBe(false);
  });

  test("a step in the last half", () => {
    const random = seededRandom("step");
    expect(isSteady(sequence(200, (i) => (i < 170 ? 1 : 1.1) * noise(random, 0.01)))).toBe(false);
  });

  test("a limit cycle, which has no trend", () => {
    const random = seededRandom("cycle");
    expect(isSteady(sequence(300, (i) => (Math.floor(i / 50) % 2 === 0 ? 1 : 1.15) * noise(random, 0.01)))).toBe(false);
  });

  test("a tail that grows while the median stays", () => {
    const random = seededRandom("tail");
    const valueAt = (i: number) => (i >= 500 && i % 5 === 0 ? 2 : 1) * noise(random, 0.005);
    expect(isSteady(sequence(600, valueAt))).toBe(false);
  });
});
