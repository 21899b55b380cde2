import { buildSpace, checkSpace, expandSpace, type Space, syntheticDevice } from "@partitune/profiler";
import { type Config, formatConfig, InputError } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { share, smallSpace, syntheticWorkload } from "./fixtures/syntheticCampaign.ts";

function neighbour(workload: string, value: number, powerMode = "default"): Config {
  return { workload, powerMode, partition: share(value), batch: 1 };
}

function texts(space: Space): readonly string[] {
  return expandSpace(space, syntheticDevice).map(({ config, neighbours }) =>
    [config, ...neighbours].map(formatConfig).join(" | "),
  );
}

test("a space is every combination of workload, partition, power mode and batch, alone by default", () => {
  const workloads = [syntheticWorkload("a", {}, [1, 4]), syntheticWorkload("b", {}, [2])];
  const space = buildSpace(syntheticDevice, { workloads, partitions: [share(0.5), { kind: "whole" }] });
  expect([...texts(space)].sort()).toEqual([
    "a default cpu-share:0.5 batch 1",
    "a default cpu-share:0.5 batch 4",
    "a default whole batch 1",
    "a default whole batch 4",
    "b default cpu-share:0.5 batch 2",
    "b default whole batch 2",
  ]);
});

test("what the space repeats is measured once", () => {
  expect(texts(smallSpace({ partitions: [share(0.5), share(0.5)], powerModes: ["default", "default"] })).length).toBe(
    4,
  );
});

test("numbers of processes multiply a grid, and one is written by saying nothing", () => {
  const one = { workloads: [syntheticWorkload("a", {}, [4])], partitions: [share(0.5)] };
  expect(texts(smallSpace({ ...one, processes: [1, 2, 3] }))).toEqual([
    "a default cpu-share:0.5 batch 4",
    "a default cpu-share:0.5 batch 4 × 2",
    "a default cpu-share:0.5 batch 4 × 3",
  ]);
  expect(expandSpace(smallSpace({ ...one, processes: [1] }), syntheticDevice)).toEqual(
    expandSpace(smallSpace(one), syntheticDevice),
  );
});

test("further grids add to the first, with batches of their own; what both hold is measured once", () => {
  const workloads = [syntheticWorkload("a", {}, [1, 4])];
  const further = [
    { partitions: [share(0.5), share(1)], powerModes: ["default"], companies: [[]], batches: [4, 16] },
    { partitions: [share(0.25)], powerModes: ["default"], companies: [[neighbour("a", 0.75)]], batches: [1] },
  ];
  expect([...texts(smallSpace({ workloads, partitions: [share(0.5)], further }))].sort()).toEqual([
    "a default cpu-share:0.25 batch 1 | a default cpu-share:0.75 batch 1",
    "a default cpu-share:0.5 batch 1",
    "a default cpu-share:0.5 batch 16",
    "a default cpu-share:0.5 batch 4",
    "a default cpu-share:1 batch 16",
    "a default cpu-share:1 batch 4",
  ]);
});

describe("neighbours", () => {
  test("are combined with what fits beside them", () => {
    const workloads = [syntheticWorkload("a", {}, [1]), syntheticWorkload("b", {}, [1])];
    const companies = [[], [neighbour("b", 0.5)]];
    const partitions = [share(0.25), share(0.5), share(0.75)];
    const beside = texts(smallSpace({ workloads, companies, partitions })).filter((text) => text.includes("|"));
    expect(beside.every((text) => !text.includes("0.75"))).toBe(true);
    expect(beside.length).toBe(4);
  });

  test("share no core and no other power mode", () => {
    const cores = (...numbers: number[]) => ({ kind: "core-set" as const, cores: numbers });
    const companies = [[{ ...neighbour("b", 0.5), partition: cores(0, 1) }], [neighbour("b", 0.1, "other")]];
    const partitions = [cores(1, 2), cores(2, 3)];
    const workloads = [syntheticWorkload("a", {}, [1]), syntheticWorkload("b", {}, [1])];
    expect(texts(smallSpace({ companies, partitions, workloads: workloads.slice(0, 1) }))).toEqual([
      "a default core-set:2+3 batch 1 | b default core-set:0+1 batch 1",
    ]);
  });
});

describe("a space is refused", () => {
  const cases: readonly (readonly [string, Partial<Space>, RegExp])[] = [
    ["without workloads", { workloads: [] }, /holds no configuration/],
    [
      "with a power mode that only a further grid has",
      { further: [{ partitions: [share(1)], powerModes: ["turbo"], companies: [[]] }] },
      /power mode "turbo" is none of device "synthetic"/,
    ],
    [
      "with a workload twice",
      { workloads: [syntheticWorkload("a"), syntheticWorkload("a")] },
      /workload "a" is named twice/,
    ],
    [
      "with an unknown power mode",
      { powerModes: ["turbo"] },
      /power mode "turbo" is none of device "synthetic"; choose one of "default"/,
    ],
    ["without a workload", { workloads: [] }, /holds no configuration/],
    ["with a stranger as a neighbour", { companies: [[neighbour("zoe", 0.1)]] }, /neighbour "zoe .* does not define/],
    [
      "whose neighbours fit nowhere",
      { partitions: [share(1)], companies: [[neighbour("b", 0.1)]] },
      /the neighbours ".*" fit beside none of the partitions in its power mode/,
    ],
  ];
  test.each(cases)("%s", (_, choices, words) => {
    const check = () => checkSpace(smallSpace(choices), syntheticDevice);
    expect(check).toThrow(InputError);
    expect(check).toThrow(words);
  });

  test("with a partition that the device does not have", () => {
    const device = { ...syntheticDevice, partitionSchemes: [{ kind: "whole" as const }] };
    expect(() => checkSpace(smallSpace(), device)).toThrow(
      /partition "cpu-share:0.5" is not possible .* choose one of whole/,
    );
  });
});
