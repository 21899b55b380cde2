import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { importers, modeTable } from "@partitune/profiler";
import type { Profile } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../fixtures/temporaryFolder.ts";

const made = { tool: "test", at: "2026-01-01T00:00:00.000Z", seed: null, inputs: [] };

/** Made-up numbers in the shape of Zeus's tables. */
const synthetic = `dataset,network,batch_size,optimizer,power_limit,time_per_epoch,average_power
images,net,32,adam,100,40.5,98.25
images,net,32,adam,250,20.25,180
images,net,64,adam,100,38,122
images,net,64,adam,250,18,210
words,bert,8,adamw,100,400,99
words,bert,8,adamw,250,200,230
`;

function write(name: string, text = synthetic): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, text);
  return file;
}

describe("a table of power", () => {
  const profile = importers.zeus([write("summary_power_v100.csv")], { made });

  test("is of the card it is named after, in the modes of its limits, the card's default first", () => {
    expect(profile.device).toMatchObject({ name: "NVIDIA V100 PCIe 16GB", kind: "nvidia", synthetic: false });
    expect(profile.device.powerModes).toEqual([
      { name: "250w", powerCapWatts: 250 },
      { name: "100w", powerCapWatts: 100 },
    ]);
  });

  test("holds a training for each network, data set and optimizer, measured in epochs", () => {
    expect(profile.workloads).toEqual(
      [
        { name: "net-images-adam", batches: [32, 64] },
        { name: "bert-words-adamw", batches: [8] },
      ].map((workload) => ({
        ...workload,
        task: "training",
        run: "epoch",
        engine: { engine: "recorded", source: "summary_power_v100.csv" },
      })),
    );
  });

  test("gives the time of an epoch and the average power", () => {
    const run = { powerMode: "100w", workload: "net-images-adam", batch: 32 };
    expect(modeTable(profile).look(run)).toEqual({ timeSeconds: 40.5, powerWatts: 98.25 });
    const row = profile.measurements[0]!;
    if (row.outcome.kind !== "measured") throw new Error("not measured");
    expect(row.outcome.results.energyPerRequestJoules).toBe(40.5 * 98.25);
    expect(row.outcome.results.throughputPerSecond).toBe(1 / 40.5);
  });

  test("flags what draws more than 2 % above its limit", () => {
    expect(profile.measurements.filter(({ flags }) => flags.length > 0).map(({ point }) => point.config.batch)).toEqual(
      [64],
    );
  });
});

test("a device can be named, whatever the file is called", () => {
  expect(importers.zeus([write("power.csv")], { made, device: "a40" }).device.name).toBe("NVIDIA A40");
  expect(importers.zeus([write("power.csv")], { made, device: "my card" }).device).toMatchObject({
    name: "my card",
    kind: "nvidia",
  });
});

test("files that do not say their device, are of two, or are other tables are refused", () => {
  expect(() => importers.zeus([write("power.csv")], { made })).toThrow(
    /"power.csv" does not say which device was measured/,
  );
  expect(() => importers.zeus([write("power_a40.csv"), write("power_v100.csv")], { made })).toThrow(
    /of different devices/,
  );
  const other = write("a40.csv", "dataset,network,batch_size,optimizer,run\nimages,net,32,adam,1\n");
  expect(() => importers.zeus([other], { made })).toThrow(/line 1: column "power_limit" is not in the header/);
});

const shared = join(import.meta.dirname, "../../../../shared/data/zeus");

// Source: the description that comes with the public tables: rows, networks and rows more than 2 % above their limit.
describe.skipIf(!existsSync(shared))("the public tables (needs ../shared/data/zeus)", () => {
  test.each([
    ["a40", 453, 6, 9, 27],
    ["v100", 476, 7, 7, 2],
  ])("%s: %i rows, %i trainings, %i limits, %i rows over them", (card, rows, trainings, limits, over) => {
    const profile: Profile = importers.zeus([join(shared, `summary_power_${card}.csv`)], { made });
    expect(profile.measurements).toHaveLength(rows);
    expect(profile.workloads).toHaveLength(trainings);
    expect(profile.device.powerModes).toHaveLength(limits);
    expect(profile.measurements.filter(({ flags }) => flags.includes("over-cap"))).toHaveLength(over);
  });
});
