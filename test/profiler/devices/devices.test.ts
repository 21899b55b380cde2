import { buildSpace, checkSpace, devices, expandSpace, orinWorkloads } from "@partitune/profiler";
import {
  type Device,
  device as deviceSchema,
  migTableOf,
  namePowerMode,
  type PowerLevels,
  powerModesOf,
} from "@partitune/schema";
import { describe, expect, test } from "vitest";

const named = Object.entries(devices);

function gridSize(levels: PowerLevels): number {
  return Object.values(levels).reduce((product, values) => product * (values?.length ?? 1), 1);
}

test.each(named)("%s is a device by the schema, and calls itself real", (_, device) => {
  expect(deviceSchema.parse(device)).toEqual(device);
  expect(device.synthetic).toBe(false);
});

test.each(named)("the modes of %s have names of their own, and no two the same settings", (_, device) => {
  const modes = powerModesOf(device);
  expect(new Set(modes.map(({ name }) => name)).size).toBe(modes.length);
  expect(new Set(modes.map(namePowerMode)).size).toBe(modes.length);
});

describe("the Jetson AGX Orin", () => {
  test("has 6 · 14 · 13 · 4 = 4,368 combinations of settings, and 3 · 7 · 7 · 3 = 441 of them in the reduced grid", () => {
    expect(gridSize(devices["jetson-orin-agx"].powerLevels!)).toBe(4368);
    expect(gridSize(devices["jetson-orin-agx-441"].powerLevels!)).toBe(441);
    const full = new Set(powerModesOf(devices["jetson-orin-agx"]).map(namePowerMode));
    const grid = { ...devices["jetson-orin-agx-441"], powerModes: [] };
    expect(powerModesOf(grid).every((mode) => full.has(namePowerMode(mode)))).toBe(true);
  });

  test("comes in 30W, and MAXN sets the highest of everything", () => {
    const { powerModes, powerLevels } = devices["jetson-orin-agx"];
    expect(powerModes.map(({ name }) => name)).toEqual(["30W", "MAXN", "15W", "50W"]);
    const { name: _, ...highest } = powerModes[1]!;
    expect(highest).toEqual(
      Object.fromEntries(Object.entries(powerLevels!).map(([setting, values]) => [setting, values!.at(-1)])),
    );
  });

  test("is a space of ten thousand configurations in the reduced grid, and of a hundred thousand in the full one", () => {
    for (const [name, count] of [
      ["jetson-orin-agx-441", 444 * 24],
      ["jetson-orin-agx", 4370 * 24],
    ] as const) {
      const device = devices[name];
      const powerModes = powerModesOf(device).map((mode) => mode.name);
      const space = buildSpace(device, { workloads: orinWorkloads, partitions: [{ kind: "whole" }], powerModes });
      checkSpace(space, device);
      expect(expandSpace(space, device)).toHaveLength(count);
    }
  });

  test("refuses an unknown combination with one that is like it", () => {
    const device = devices["jetson-orin-agx-441"];
    const space = buildSpace(device, {
      workloads: orinWorkloads,
      partitions: [{ kind: "whole" }],
      powerModes: ["4c-cpu422.4-gpu114.75-mem2132"],
    });
    expect(() => checkSpace(space, device)).toThrow(
      'choose one of "30W", "MAXN", "15W", "50W", or one of its 440 combinations of settings such as "4c-cpu422.4-gpu114.75-mem2133"',
    );
  });
});

describe("a card", () => {
  test.each([
    ["a40", 9, [100, 300], 103, [210e6, 1740e6]],
    ["v100", 7, [100, 250], 167, [135e6, 1380e6]],
    ["a100", 13, [100, 400], 81, [210e6, 1410e6]],
    ["h100", 21, [200, 700], 110, [345e6, 1980e6]],
  ] as const)("%s takes caps in steps of 25 W and its clocks", (name, caps, ends, clocks, clockEnds) => {
    const { powerCapWatts, gpuHertz } = devices[name].powerLevels!;
    expect(powerCapWatts).toHaveLength(caps);
    expect([powerCapWatts![0], powerCapWatts!.at(-1)]).toEqual(ends);
    expect(new Set(powerCapWatts!.slice(1).map((watts, i) => watts - powerCapWatts![i]!))).toEqual(new Set([25]));
    expect(gpuHertz).toHaveLength(clocks);
    expect([gpuHertz![0], gpuHertz!.at(-1)]).toEqual(clockEnds);
  });

  test.each([
    ["a30", 56, 165, 4],
    ["a100-40gb", 108, 400, 8],
    ["a100", 108, 400, 8],
    ["h100-pcie", 114, 350, 8],
    ["h100", 132, 700, 8],
    ["h200", 132, 700, 8],
    ["b200", 148, 1000, 8],
  ] as const)(
    "%s has %i multiprocessors, %i W and %i memory slices, and no instance larger than itself",
    (name, cores, watts, slices) => {
      const device: Device = devices[name];
      expect([device.cores, device.powerModes[0]!.powerCapWatts]).toEqual([cores, watts]);
      const table = migTableOf(device)!;
      expect(table.memorySlices).toBe(slices);
      for (const { multiprocessors, memoryBytes } of table.profiles) {
        expect(multiprocessors ?? 0).toBeLessThanOrEqual(cores);
        expect(memoryBytes ?? 0).toBeLessThanOrEqual(device.memoryBytes);
      }
    },
  );

  test.each(["a40", "v100"] as const)("%s has no MIG instances", (name) => {
    expect(migTableOf(devices[name])).toBeUndefined();
  });
});
