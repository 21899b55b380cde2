import type { Occupant } from "@partitune/schema";
import type { InterferenceSample } from "@partitune/surrogate";
import { describe, expect, test } from "vitest";
import { interferenceFolds } from "../../packages/surrogate/src/interferenceFolds.ts";

const occupant = (workload: string): Occupant => ({ workload, fraction: 0.5, batch: 1, isolated: false });
const beside = (subject: string, ...neighbours: readonly string[]): InterferenceSample => ({
  subject: occupant(subject),
  neighbours: neighbours.map(occupant),
  slowdown: 1.1,
});

/** Both roles of every pair of these workloads. */
const everyPair = (names: readonly string[]) =>
  names.flatMap((a) => names.filter((b) => b !== a).map((b) => beside(a, b)));

const meet = ({ subject, neighbours }: InterferenceSample) => [subject, ...neighbours].map(({ workload }) => workload);

describe("interferenceFolds", () => {
  test("holds out a pair of workloads in both roles, and each sample once", () => {
    const samples = everyPair(["a", "b", "c", "d"]);
    const { folds, words, pairs, unseenPairs } = interferenceFolds(samples);
    expect({ folds: folds.length, words, pairs, unseenPairs }).toEqual({
      folds: 6,
      words: "leaving one pair of workloads out",
      pairs: 6,
      unseenPairs: true,
    });
    expect(folds.flatMap(({ test: held }) => held).sort((a, b) => a - b)).toEqual([...samples.keys()]);
    for (const { test: held } of folds) expect(held).toHaveLength(2);
  });

  test("learns nothing from a sample in which two of the held-out workloads meet", () => {
    const samples = [...everyPair(["a", "b", "c", "d", "e"]), beside("a", "b", "c"), beside("d", "a", "b")];
    const { folds } = interferenceFolds(samples);
    for (const { test: held, train, workloads } of folds) {
      expect(held.every((i) => workloads.every((name) => meet(samples[i]!).includes(name)))).toBe(true);
      for (const i of train)
        expect(new Set(meet(samples[i]!).filter((name) => workloads.includes(name))).size).toBeLessThan(2);
    }
  });

  test("takes a workload beside itself for a pair", () => {
    const samples = ["a", "b", "c", "d"].flatMap((name) => [beside(name, name), beside(name, name)]);
    const { folds, unseenPairs } = interferenceFolds(samples);
    expect(unseenPairs).toBe(true);
    expect(folds.map(({ workloads }) => workloads)).toEqual([["a"], ["b"], ["c"], ["d"]]);
  });

  test("holds out single samples where pairs are too few, and says that this tells nothing of unknown pairs", () => {
    const { folds, words, unseenPairs } = interferenceFolds(everyPair(["a", "b", "c"]));
    expect(unseenPairs).toBe(false);
    expect(folds).toHaveLength(6);
    expect(words).toBe("leaving one sample out: 3 pairs are too few to hold out whole ones");
  });

  test("holds out parts of many samples of few pairs", () => {
    const samples = Array.from({ length: 130 }, () => beside("a", "b"));
    const { folds, words } = interferenceFolds(samples);
    expect(words).toBe("leaving one of 60 parts of the samples out: 1 pair is too few to hold out whole ones");
    expect(folds.flatMap(({ test: held }) => held)).toHaveLength(130);
  });
});
