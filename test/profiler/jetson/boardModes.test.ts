import { rmSync } from "node:fs";
import { join } from "node:path";
import { namePowerMode, type PowerMode, powerModesOf, type RestoreStep } from "@partitune/schema";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BoardModes } from "../../../packages/profiler/src/jetson/boardModes.ts";
import { type Board, openBoard } from "../../../packages/profiler/src/jetson/openBoard.ts";
import type { BoardModel } from "../fixtures/boards/boardModel.ts";
import { type ModelledBoard, modelledBoard } from "../fixtures/boards/modelledBoard.ts";
import { orinAgx } from "../fixtures/boards/orinAgx.ts";
import { orinNano } from "../fixtures/boards/orinNano.ts";

let tree: ModelledBoard;
let board: Board;
let steps: RestoreStep[];

/** The modes of a board, with a record that nobody carries out. */
async function modesOf(model: BoardModel, change: (board: ModelledBoard) => void = () => {}, maySet = true) {
  tree?.close();
  tree = modelledBoard(model);
  change(tree);
  board = await openBoard(tree);
  steps = [];
  const { files, programs, device, conf } = board;
  return new BoardModes({
    ...{ files, programs, device, conf, maySet },
    stateFolder: join(tree.restoreFolder, "stored"),
    openRestoration: async () => ({
      add: async (step) => void steps.push(step),
      release: async () => ({ restored: steps, left: [] }),
    }),
  });
}

const named = (name: string) => powerModesOf(board.device).find((mode) => mode.name === name)!;

function grid(settings: Omit<PowerMode, "name">): PowerMode {
  return { name: namePowerMode(settings), ...settings };
}

beforeEach(() => {
  steps = [];
});
afterEach(() => tree.close());

describe("set", () => {
  test("a mode of the board's own file is set by nvpmodel and pinned by jetson_clocks", async () => {
    const modes = await modesOf(orinAgx);
    expect(await modes.set(named("MODE_15W"))).toBe("nvpmodel -m 1, clocks pinned by jetson_clocks");
    expect(tree.calls()).toEqual(["nvpmodel -m 1", "jetson_clocks"]);
    expect(modes.settings()).toEqual({
      ...{ cores: 4, cpuHertz: 1_190_400_000, gpuHertz: 420_750_000, memoryHertz: 2_133_000_000 },
    });
    expect(tree.read("sys/class/devfreq/17000000.ga10b/min_freq")).toBe("420750000");
  });

  test("a mode of the grid is set and pinned file by file", async () => {
    const modes = await modesOf(orinAgx);
    const mode = grid({ cores: 10, cpuHertz: 1_497_600_000, gpuHertz: 306_000_000, memoryHertz: 665_600_000 });
    expect(await modes.set(mode)).toBe("cores and clocks pinned in /sys");
    expect(tree.calls()).toEqual([]);
    expect(modes.settings()).toMatchObject({ cores: 10, cpuHertz: 1_497_600_000, memoryHertz: 665_600_000 });
  });

  test("a named mode after one of the grid leaves nothing of it", async () => {
    const modes = await modesOf(orinAgx);
    await modes.set(grid({ cores: 2, cpuHertz: 268_800_000, gpuHertz: 114_750_000, memoryHertz: 204_000_000 }));
    await modes.set(named("MODE_50W"));
    expect(modes.settings()).toEqual({
      ...{ cores: 12, cpuHertz: 1_497_600_000, gpuHertz: 828_750_000, memoryHertz: 3_199_000_000 },
    });
    expect(tree.read("sys/devices/system/cpu/cpufreq/policy0/scaling_governor")).toBe("schedutil");
  });

  test("the mode that is set is not set again", async () => {
    const modes = await modesOf(orinAgx);
    await modes.set(named("MODE_15W"));
    await modes.set(named("MODE_15W"));
    expect(tree.calls()).toHaveLength(2);
  });

  test("everything is recorded before the first change, the board's own programs last, so that they are carried out first", async () => {
    const modes = await modesOf(orinAgx);
    await modes.set(named("MODE_15W"));
    const kinds = steps.map(({ kind }) => kind);
    expect(kinds[0]).toBe("folder");
    expect(kinds.slice(-2)).toEqual(["command", "command"]);
    expect(new Set(kinds.slice(1, -2))).toEqual(new Set(["file"]));
    expect(steps.at(-1)).toMatchObject({
      argv: [expect.stringMatching(/\/nvpmodel$/), "-m", "2"],
      input: "no\n",
      readBack: { expected: "\n2\n" },
    });
    const count = steps.length;
    await modes.set(grid({ cores: 2, cpuHertz: 268_800_000, gpuHertz: 114_750_000, memoryHertz: 204_000_000 }));
    expect(steps).toHaveLength(count);
  });

  test("a mode for which the board has no file is set by a power model of its own, in a copy of the board's file", async () => {
    const modes = await modesOf(orinNano, (each) => each.remove("sys/kernel/debug"));
    const conf = tree.read("etc/nvpmodel.conf");
    const mode = grid({ cores: 4, cpuHertz: 1_344_000_000, gpuHertz: 510_000_000, memoryHertz: 2_133_000_000 });
    expect(await modes.set(mode)).toBe("power model of its own by nvpmodel -f, clocks pinned by jetson_clocks");
    expect(modes.settings()).toEqual({
      ...{ cores: 4, cpuHertz: 1_344_000_000, gpuHertz: 510_000_000, memoryHertz: 2_133_000_000 },
    });
    expect(tree.read("etc/nvpmodel.conf")).toBe(conf);
    const files = steps.flatMap((step) => (step.kind === "file" ? [step.path] : []));
    expect(files.slice(-2)).toEqual([
      join(tree.root, "var/lib/nvpmodel/conf_file_path"),
      join(tree.root, "var/lib/nvpmodel/status"),
    ]);
  });

  test("without nvpmodel its modes are set file by file", async () => {
    const modes = await modesOf(orinNano, (each) => rmSync(join(each.searchPath.split(":")[0]!, "nvpmodel")));
    expect(await modes.set(named("7W"))).toBe("cores and clocks pinned in /sys");
    expect(modes.settings()).toMatchObject({ cores: 4, gpuHertz: 408_000_000 });
    expect(steps.filter((step) => step.kind === "command")).toHaveLength(1);
  });

  test("without jetson_clocks the clocks are left to the governors, and that is said", async () => {
    const modes = await modesOf(orinNano, (each) => rmSync(join(each.searchPath.split(":")[0]!, "jetson_clocks")));
    expect(await modes.set(named("7W"))).toBe("nvpmodel -m 3, clocks left to the governors");
  });

  test("who may not set modes takes the one that is there as it is, and no other", async () => {
    const modes = await modesOf(orinNano, () => {}, false);
    expect(await modes.set(named("15W"))).toBe("power mode as found, clocks left to the governors");
    await expect(modes.set(named("25W"))).rejects.toThrow(/was not in power mode "25W".*modes are set by root/);
    expect(tree.calls()).toEqual([]);
    expect(steps).toEqual([]);
  });
});

describe("a board that misbehaves", () => {
  test.each([
    ["nvpmodel", "refuses", /power mode "25W" could not be set: nvpmodel -m 1 failed: NVPM ERROR/],
    ["nvpmodel", "denied", /power modes are set by root/],
    ["nvpmodel", "falls-back", /was asked for mode 1 and reports mode 0/],
    [
      "nvpmodel",
      "reboots",
      /wants a reboot for it, which is not ours to give \(nvpmodel -m 1 by hand, reboot, and measure then\)/,
    ],
    ["nvpmodel", "container", /was not in power mode "25W": it reported .* asked for/],
    ["jetson_clocks", "fails", /clocks could not be pinned: jetson_clocks said: Error: Failed to max GPU frequency!/],
    ["jetson_clocks", "no-store", /jetson_clocks --store failed: Error: cannot write/],
  ] as const)("%s that %s is a failure with its reason", async (program, fault, reason) => {
    const modes = await modesOf(orinNano);
    tree.fault(program, fault);
    await expect(modes.set(named("25W"))).rejects.toThrow(reason);
    expect(tree.calls()).not.toContain("rebooting");
  });

  test("a file that the kernel does not let be written is a failure with its path", async () => {
    const modes = await modesOf(orinNano);
    const mode = grid({ cores: 6, cpuHertz: 1_344_000_000, gpuHertz: 510_000_000 });
    await modes.set(mode);
    tree.remove("sys/class/devfreq/17000000.gpu/max_freq");
    await expect(modes.set(grid({ cores: 6, gpuHertz: 408_000_000 }))).rejects.toThrow(
      /power mode "6c-gpu408" could not be set: ENOENT.*max_freq/,
    );
  });

  test("what was recorded is put back though the mode could not be set", async () => {
    const modes = await modesOf(orinNano);
    tree.fault("jetson_clocks", "fails");
    await expect(modes.set(named("25W"))).rejects.toThrow();
    expect((await (await modes.changes())?.release())?.restored).toEqual(steps);
    expect(steps.length).toBeGreaterThan(0);
  });

  test("nothing is put back where nothing was changed", async () => {
    expect(await (await modesOf(orinNano)).changes()).toBeUndefined();
  });
});
