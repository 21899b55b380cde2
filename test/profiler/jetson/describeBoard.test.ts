import { afterEach, describe, expect, test } from "vitest";
import { boardFiles } from "../../../packages/profiler/src/jetson/boardFiles.ts";
import { describeBoard } from "../../../packages/profiler/src/jetson/describeBoard.ts";
import { boardPrograms } from "../../../packages/profiler/src/jetson/programs.ts";
import type { BoardModel } from "../fixtures/boards/boardModel.ts";
import { type ModelledBoard, modelledBoard } from "../fixtures/boards/modelledBoard.ts";
import { orinAgx } from "../fixtures/boards/orinAgx.ts";
import { orinNano } from "../fixtures/boards/orinNano.ts";

const open: ModelledBoard[] = [];
afterEach(() => {
  for (const board of open.splice(0)) board.close();
});

function opened(model: BoardModel, change: (board: ModelledBoard) => void = () => {}) {
  const board = modelledBoard(model);
  open.push(board);
  change(board);
  return board;
}

const describedBy = (board: ModelledBoard, maySet = true) =>
  describeBoard({ files: boardFiles(board.root), programs: boardPrograms(board.searchPath), maySet });

describe("describeBoard", () => {
  test("an AGX Orin: its own modes with the default first, and the grid of its clocks", async () => {
    const { device, environment, known } = await describedBy(opened(orinAgx));
    expect(device).toMatchObject({
      name: "Jetson AGX Orin Developer Kit",
      kind: "jetson",
      cores: 12,
      memoryBytes: 982 * 64 * 2 ** 20,
      synthetic: false,
    });
    expect(device.powerModes.map(({ name }) => name)).toEqual(["MODE_30W", "MODE_15W", "MODE_50W"]);
    expect(device.powerModes[0]).toEqual({
      ...{ name: "MODE_30W", cores: 8, cpuHertz: 1_728_000_000, gpuHertz: 624_750_000, memoryHertz: 3_199_000_000 },
    });
    expect(device.powerLevels).toEqual({
      cores: [2, 4, 6, 8, 10, 12],
      cpuHertz: orinAgx.cpuKilohertz.map((kilohertz) => kilohertz * 1e3),
      gpuHertz: orinAgx.gpuHertz,
      memoryHertz: orinAgx.memory.kilohertz.map((kilohertz) => kilohertz * 1e3),
    });
    expect(known?.name).toBe("AGX Orin");
    expect(environment).toMatchObject({
      release: "L4T 35.4.1",
      multiprocessors: "16",
      power: "module: VDD_GPU_SOC + VDD_CPU_CV + VIN_SYS_5V0",
      TPC_PG_MASK: "240",
    });
  });

  test("a mode that switches parts of the GPU is left out with a warning that says how to measure it", async () => {
    const { warnings } = await describedBy(opened(orinAgx));
    expect(warnings).toEqual([
      expect.objectContaining({
        code: "mode-needs-reboot",
        where: 'power mode "MAXN"',
        cause: expect.stringContaining("TPC_PG_MASK is 240 and would be 0"),
      }),
    ]);
  });

  test("an Orin Nano: all of its modes, and its input as the total", async () => {
    const { device, environment, warnings } = await describedBy(opened(orinNano));
    expect(device.powerModes.map(({ name }) => name)).toEqual(["15W", "25W", "MAXN_SUPER", "7W"]);
    expect(device.powerModes[2]).toMatchObject({
      cores: 6,
      cpuHertz: 1_728_000_000,
      gpuHertz: 1_020_000_000,
      memoryHertz: 3_199_000_000,
    });
    expect(environment).toMatchObject({ release: "L4T 36.4.3", power: "module: VDD_IN", multiprocessors: "8" });
    expect(warnings).toEqual([]);
  });

  test("who may not set modes is given the one that the board is in", async () => {
    const { device, warnings, environment } = await describedBy(opened(orinNano), false);
    expect(device.powerModes.map(({ name }) => name)).toEqual(["15W"]);
    expect(device.powerLevels).toBeUndefined();
    expect(warnings.map(({ code }) => code)).toEqual(["modes-need-rights"]);
    expect(environment.clocks).toMatch(/left to the governors/);
  });

  test("a mode whose limits were changed by hand is not called by its name", async () => {
    const board = opened(orinNano, (each) => each.write("sys/class/devfreq/17000000.gpu/max_freq", "408000000"));
    const { device } = await describedBy(board, false);
    expect(device.powerModes).toEqual([expect.objectContaining({ name: "as-found", gpuHertz: 408_000_000 })]);
  });

  test("a board that is not known is described, keeps its rails, and has no total", async () => {
    const board = opened({
      ...orinNano,
      model: "NVIDIA Jetson Example",
      compatible: ["nvidia,p9999-0000", "nvidia,tegra999"],
    });
    const { device, environment, rule, known } = await describedBy(board);
    expect(known).toBeUndefined();
    expect(device).toMatchObject({ name: "NVIDIA Jetson Example", processor: "NVIDIA Jetson Example", cores: 6 });
    expect(environment.rails).toBe("VDD_IN, VDD_CPU_GPU_CV, VDD_SOC");
    expect(rule).toMatchObject({ rails: null, reason: expect.stringContaining("not known") });
  });

  test("without nvpmodel.conf the board has the mode that it is in, and its grid", async () => {
    const { device } = await describedBy(opened(orinNano, (board) => board.remove("etc/nvpmodel.conf")));
    expect(device.powerModes).toEqual([
      { name: "as-found", cores: 6, cpuHertz: 1_497_600_000, gpuHertz: 612_000_000, memoryHertz: 2_133_000_000 },
    ]);
    expect(device.powerLevels?.cores).toEqual([2, 4, 6]);
  });

  test("a memory clock that cannot be read leaves the caps of the board's modes as levels", async () => {
    const board = opened(orinNano, (each) => each.remove("sys/kernel/debug"));
    const { device } = await describedBy(board);
    expect(device.powerLevels?.memoryHertz).toEqual([2_133_000_000, 3_199_000_000]);
  });

  test("where no power monitor can be read, tegrastats tells the rails", async () => {
    const board = opened(orinNano, (each) => each.remove("sys/bus/i2c"));
    const { environment, rule, source } = await describedBy(board);
    expect(source).toBe("tegrastats");
    expect(rule.rails).toEqual(["VDD_IN"]);
    expect(environment).toMatchObject({ "power read": "by tegrastats", rails: "VDD_IN, VDD_CPU_GPU_CV, VDD_SOC" });
  });

  test("where tegrastats says nothing either, the power is not known", async () => {
    const board = opened(orinNano, (each) => {
      each.remove("sys/bus/i2c");
      each.fault("tegrastats", "silent");
    });
    expect((await describedBy(board)).rule).toEqual({
      rails: null,
      reason: "no power monitor of the board can be read",
    });
  });

  test("a machine that is no Jetson is refused with where that was looked for", async () => {
    const board = opened(orinNano, (each) => each.remove("proc/device-tree"));
    await expect(describedBy(board)).rejects.toThrow(
      /executor "jetson" finds no Jetson here \(.*\/proc\/device-tree\/model does not exist\); run it on the board itself/,
    );
  });

  test("another board than a Jetson is refused by its name", async () => {
    const board = opened({ ...orinNano, model: "Raspberry Pi 5 Model B", compatible: ["raspberrypi,5-model-b"] });
    await expect(describedBy(board)).rejects.toThrow(/says "Raspberry Pi 5 Model B"/);
  });

  test("a damaged nvpmodel.conf is refused with its line", async () => {
    const board = opened(orinNano, (each) =>
      each.write("etc/nvpmodel.conf", "< PARAM TYPE=FILE NAME=X >\nARG relative"),
    );
    await expect(describedBy(board)).rejects.toThrow(/nvpmodel.conf line 2/);
  });
});
