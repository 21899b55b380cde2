import { checkLayout, device as deviceSchema, parsePartition, partitionFraction } from "@partitune/schema";
import { expect, test } from "vitest";
import { impliedDevice } from "../../packages/schema/src/impliedDevice.ts";

test.each([
  ["whole", "cpu", 1, 1],
  ["cpu-share:0.25 cpu-share:0.5", "cpu", 1, 0.25],
  ["core-set:0+1 core-set:3", "cpu", 4, 0.5],
  ["mps-share:0.4 mps-share:0.6", "nvidia", 100, 0.4],
  ["mig:3g.20gb mig:7g.40gb", "nvidia", 98, 42 / 98],
  ["mig:1g.18gb@2", "nvidia", 132, 16 / 132],
  ["sm-partition:8 sm-partition:24", "nvidia", 24, 1 / 3],
  ["green-context:16 green-context:40", "nvidia", 40, 0.4],
] as const)("%s is possible on the device that a table implies", (texts, kind, cores, fraction) => {
  const partitions = texts.split(" ").map(parsePartition);
  const device = impliedDevice(partitions, ["default"]);
  expect(deviceSchema.parse(device)).toEqual(device);
  expect([device.kind, device.cores]).toEqual([kind, cores]);
  expect(partitionFraction(partitions[0]!, device)).toBeCloseTo(fraction, 12);
  for (const each of partitions) expect(checkLayout(device, [each]).fits).toBe(true);
});

test("MIG profiles that no published card has need the device's own table", () => {
  expect(() => impliedDevice([parsePartition("mig:1g.99gb")], ["default"])).toThrow(
    "the MIG profiles 1g.99gb are on no card that is known",
  );
});
