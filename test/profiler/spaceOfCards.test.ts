import { buildSpace, checkSpace, devices, expandSpace } from "@partitune/profiler";
import { checkLayout, listPartitions, type Partition, parsePartition, type Workload } from "@partitune/schema";
import { describe, expect, test } from "vitest";

const a: Workload = {
  name: "a",
  task: "inference",
  engine: { engine: "synthetic", fixedSeconds: 1, perItemSeconds: 1, serialFraction: 0, memoryBytes: 1, noise: 0 },
  batches: [1],
};
const spaceOf = (partitions: readonly Partition[], neighbours: readonly Partition[] = []) =>
  buildSpace(devices.a100, {
    workloads: [a],
    partitions,
    companies: [neighbours.map((partition) => ({ workload: "a", powerMode: "default", partition, batch: 1 }))],
  });

const cards = ["a30", "a40", "v100", "a100-40gb", "a100", "h100-pcie", "h100", "h200", "b200"] as const;

test.each(cards)("%s can be asked for everything it offers", (name) => {
  const device = devices[name];
  const partitions = listPartitions(device);
  expect(partitions.length).toBeGreaterThan(50);
  const space = buildSpace(device, { workloads: [a], partitions });
  checkSpace(space, device);
  expect(expandSpace(space, device)).toHaveLength(partitions.length);
});

describe("a space of pieces of a card", () => {
  test("leaves out company that does not fit beside a piece", () => {
    const partitions = ["mig:3g.40gb@4", "mig:3g.40gb@0", "mig:1g.10gb@6", "mps-share:0.2"].map(parsePartition);
    const together = expandSpace(spaceOf(partitions, [parsePartition("mig:4g.40gb@0")]), devices.a100);
    expect(together.map(({ config }) => config.partition)).toEqual([partitions[0], partitions[2]]);
    for (const { config, neighbours } of together)
      expect(
        checkLayout(
          devices.a100,
          [config, ...neighbours].map(({ partition }) => partition),
        ).fits,
      ).toBe(true);
  });

  test.each([
    ["mig:3g.40gb@2", 'partition "mig:3g.40gb@2" cannot be set; 3g.40gb may not begin at memory slice 2'],
    ["mig:3g.20gb", 'MIG profile "3g.20gb" is none of this card'],
    ["sm-partition:6", "multiples of 4 multiprocessors, such as 4"],
    ["mps-share:0.01", "rounds down to no multiprocessor at all; give it 2 % or more"],
    ["cpu-share:0.5", "is not possible on device"],
  ])("refuses %s, with the reason", (text, message) => {
    expect(() => checkSpace(spaceOf([parsePartition(text)]), devices.a100)).toThrow(message);
  });
});
