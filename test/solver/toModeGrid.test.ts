import type { ModeProblem, PowerMode } from "@partitune/schema";
import { readGridRow, toModeGrid } from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { deviceOf, profileOf, workloadOf } from "./fixtures/modeProfile.ts";

const training: ModeProblem = { kind: "training", training: "net", objective: "time" };
const batched: ModeProblem = { ...training, batches: [16, 32] };

describe("a device's modes as a grid", () => {
  const device = {
    ...deviceOf([
      { name: "maxn", cores: 12, gpuHertz: 1.3e9, memoryHertz: 3.2e9 },
      { name: "15w", cores: 4, gpuHertz: 4e8, memoryHertz: 3.2e9 },
    ]),
    powerLevels: { cores: [4, 12], gpuHertz: [4e8, 1.3e9], memoryHertz: [3.2e9] },
  };

  test("has the settings that differ as dimensions, in the order of settings", () => {
    const grid = toModeGrid(device, training);
    expect(grid.dimensions).toEqual([
      { name: "cores", kind: "mono", quantity: "cores" },
      { name: "GPU clock", kind: "mono", quantity: "gpu-clock" },
    ]);
    expect(grid.modes).toEqual([
      [12, 1.3e9],
      [4, 4e8],
      [4, 1.3e9],
      [12, 4e8],
    ]);
  });

  test("keeps the named one of modes that are the same", () => {
    expect(toModeGrid(device, training).names.slice(0, 2)).toEqual(["maxn", "15w"]);
  });

  test("has a row per batch and mode where a training has several, which can be read back", () => {
    const grid = toModeGrid(device, batched);
    expect(grid.dimensions[0]).toEqual({ name: "batch", kind: "free", quantity: "batch" });
    expect(grid.modes).toHaveLength(8);
    expect(new Set(grid.names).size).toBe(8);
    const at = grid.modes.findIndex(([batch, cores, gpu]) => batch === 32 && cores === 4 && gpu === 4e8);
    expect(readGridRow(grid, at)).toEqual({ powerMode: "15w", batch: 32 });
  });

  test("stands a mode that leaves a setting out at its highest", () => {
    const modes: PowerMode[] = [
      { name: "default" },
      { name: "100w", powerCapWatts: 100 },
      { name: "300w", powerCapWatts: 300 },
    ];
    const grid = toModeGrid(deviceOf(modes), training);
    expect(grid.dimensions).toEqual([{ name: "power cap", kind: "mono", quantity: "power-cap" }]);
    expect(grid).toMatchObject({ modes: [[300], [100]], names: ["default", "100w"] });
  });

  test("tells modes that state nothing apart by their position", () => {
    const grid = toModeGrid(deviceOf([{ name: "eco" }, { name: "boost" }]), training);
    expect(grid).toEqual({ dimensions: [{ name: "mode", kind: "free" }], modes: [[1], [2]], names: ["eco", "boost"] });
  });

  test("has one row and no dimension where there is one mode", () => {
    expect(toModeGrid(deviceOf([{ name: "only", cores: 4 }]), training)).toEqual({
      dimensions: [],
      modes: [[]],
      names: ["only"],
    });
  });
});

describe("a profile's modes as a grid", () => {
  const device = deviceOf([
    { name: "low", gpuHertz: 4e8 },
    { name: "middle", gpuHertz: 8e8 },
    { name: "high", gpuHertz: 1.3e9 },
  ]);
  const workloads = [workloadOf("net", "training", { batches: [16, 32] }), workloadOf("cam", "inference")];
  const profile = profileOf(device, workloads, [
    { workload: "net", mode: "low", batch: 16 },
    { workload: "net", mode: "middle", batch: 16 },
    { workload: "net", mode: "middle", batch: 32 },
    { workload: "cam", mode: "middle" },
    { workload: "cam", mode: "high" },
  ]);

  test("are those in which everything that is to run was measured", () => {
    expect(toModeGrid(profile, training).names).toEqual(["low", "middle"]);
    const concurrent: ModeProblem = {
      kind: "concurrent",
      training: "net",
      inference: { workload: "cam", batches: [1], ratePerSecond: 1, latencySeconds: 1 },
      policy: "slack",
      dispatcher: "windowed",
      budget: { kind: "peak", watts: 10 },
    };
    expect(toModeGrid(profile, concurrent).names).toEqual(["middle"]);
  });

  test("have a row only for batches that were measured", () => {
    expect(toModeGrid(profile, batched).names).toEqual(["low batch 16", "middle batch 16", "middle batch 32"]);
  });
});
