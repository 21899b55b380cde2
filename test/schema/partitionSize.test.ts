import {
  checkLayout,
  enumerateLayouts,
  gpuSchemes,
  listPartitions,
  migTables,
  parsePartition,
  partitionCores,
  partitionFraction,
  partitionMemory,
  partitionThreads,
  unplaced,
} from "@partitune/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const card = (multiprocessors: number, computeCapability: number, mig: (typeof migTables)[keyof typeof migTables]) => ({
  name: "card",
  cores: multiprocessors,
  memoryBytes: 80 * 2 ** 30,
  partitionSchemes: gpuSchemes({ multiprocessors, computeCapability, mig }),
});
const a100 = card(108, 8, migTables["a100-80gb"]);
const h100 = card(132, 9, migTables["h100-sxm-80gb"]);
const b200 = card(148, 10, migTables["b200-180gb"]);

describe("the part of the device that a partition takes", () => {
  test.each([
    [a100, "whole", 1],
    [a100, "mps-share:0.4", 0.4],
    [a100, "mig:3g.40gb@4", 42 / 108],
    [a100, "mig:7g.80gb", 98 / 108],
    [h100, "mig:3g.40gb", 60 / 132], // more than 3/7
    [h100, "mig:1g.20gb", 26 / 132], // more than a 1g
    [b200, "mig:3g.90gb", (3 * 18) / 148], // not known: as many as three 1g, at least
    [h100, "sm-partition:64", 64 / 132],
    [h100, "green-context:8", 8 / 132],
    [{ cores: 4 }, "cpu-share:0.25", 0.25],
    [{ cores: 4 }, "core-set:0+1", 0.5],
  ] as const)("on %o, %s: %f", (device, text, fraction) => {
    expect(partitionFraction(parsePartition(text), device)).toBeCloseTo(fraction, 12);
  });

  test("of a profile that the card has not is refused", () => {
    expect(() => partitionFraction(parsePartition("mig:3g.20gb"), a100)).toThrow(
      'MIG profile "3g.20gb" is none of this device',
    );
    expect(() => partitionFraction(parsePartition("mig:3g.20gb"), { cores: 4 })).toThrow("it has no MIG instances");
  });

  test.each([
    ["a100-80gb", a100],
    ["h100-sxm-80gb", h100],
    ["b200-180gb", b200],
  ] as const)("no legal layout of %s takes more than the card", (name, device) => {
    for (const layout of enumerateLayouts(migTables[name])) {
      const sum = layout.reduce((total, each) => total + partitionFraction({ kind: "mig", ...each }, device), 0);
      expect(sum).toBeLessThanOrEqual(1 + 1e-9);
    }
  });
});

describe("the multiprocessors of an MPS share", () => {
  test.each([
    [a100, 0.4, 42], // 43.2 rounded down to pairs
    [a100, 0.35, 36], // 37.8
    [a100, 0.5, 54],
    [a100, 0.02, 2], // 2.16
    [a100, 1, 108],
    [h100, 0.5, 66],
    [h100, 0.25, 32], // 33
  ] as const)("on %o, a share of %f comes to %i", (device, share, multiprocessors) => {
    expect(partitionCores({ kind: "mps-share", share }, device)).toBe(multiprocessors);
  });

  test("are even, at most the share of the card, and less than a pair below it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.constantFrom(a100, h100, b200), (percent, device) => {
        const cores = partitionCores({ kind: "mps-share", share: percent / 100 }, device);
        expect(cores % 2).toBe(0);
        expect(cores).toBeLessThanOrEqual((percent * device.cores) / 100 + 1e-9);
        expect((percent * device.cores) / 100 - cores).toBeLessThan(2);
      }),
    );
  });

  test("of the shares that are listed are all different: the smallest share for each number", () => {
    for (const device of [a100, h100, b200]) {
      const listed = listPartitions(device, ["mps-share"]);
      const reached = new Set(
        Array.from({ length: 100 }, (_, i) => partitionCores({ kind: "mps-share", share: (i + 1) / 100 }, device)),
      );
      reached.delete(0);
      expect(listed.map((each) => partitionCores(each, device))).toEqual([...reached].toSorted((a, b) => a - b));
    }
  });
});

test("static partitions of a card are its whole chunks: 27 of 4 on an A100, 16 of 8 on an H100", () => {
  const sizes = (device: typeof a100) =>
    listPartitions(device, ["sm-partition"]).map((each) => partitionCores(each, device));
  expect(sizes(a100)).toEqual(Array.from({ length: 27 }, (_, i) => 4 * (i + 1)));
  expect(sizes(h100)).toEqual(Array.from({ length: 16 }, (_, i) => 8 * (i + 1)));
});

test("green contexts come in steps of 2 from 4 on before Hopper, in steps of 8 from Hopper on", () => {
  const sizes = (device: typeof a100) =>
    listPartitions(device, ["green-context"]).map((each) => partitionCores(each, device));
  expect(sizes(a100).slice(0, 3)).toEqual([4, 6, 8]);
  expect(sizes(a100).at(-1)).toBe(108);
  expect(sizes(h100)).toEqual(Array.from({ length: 16 }, (_, i) => 8 * (i + 1)));
});

test("a card before Volta is only to be had whole", () => {
  expect(gpuSchemes({ multiprocessors: 56, computeCapability: 6 })).toEqual([{ kind: "whole" }]);
});

test("what is busy at once is a whole number, at least one", () => {
  expect(partitionThreads({ kind: "cpu-share", share: 0.1 }, { cores: 4 })).toBe(1);
  expect(partitionThreads({ kind: "cpu-share", share: 0.6 }, { cores: 4 })).toBe(3);
  expect(partitionThreads({ kind: "mps-share", share: 0.4 }, a100)).toBe(42);
  expect(partitionThreads(parsePartition("mig:3g.40gb"), h100)).toBe(60);
});

test("memory is the instance's own under MIG, the card's otherwise, and unknown where the table does not know it", () => {
  expect(partitionMemory(parsePartition("mig:1g.10gb@3"), a100)).toBe(9856 * 2 ** 20);
  expect(partitionMemory(parsePartition("mps-share:0.1"), a100)).toBe(80 * 2 ** 30);
  expect(partitionMemory(parsePartition("mig:1g.23gb"), b200)).toBeNull();
});

test("a partition without its place keeps everything but the start of a MIG instance", () => {
  expect(unplaced(parsePartition("mig:3g.40gb@4"))).toEqual({ kind: "mig", profile: "3g.40gb" });
  expect(unplaced(parsePartition("mps-share:0.4"))).toEqual({ kind: "mps-share", share: 0.4 });
});

test("all listed shares of a card that fit together are found to fit", () => {
  const tenths = Array.from({ length: 10 }, () => parsePartition("mps-share:0.1"));
  expect(checkLayout(a100, tenths).fits).toBe(true);
});
