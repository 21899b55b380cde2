import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Random, seededRandom } from "@partitune/numerics";
import { buildSpace, jetsonExecutor, memorySink, pendingRestorations, profile } from "@partitune/profiler";
import type { Measurement, Workload } from "@partitune/schema";
import { afterEach, describe, expect, test } from "vitest";
import type { BoardModel } from "../fixtures/boards/boardModel.ts";
import { type ModelledBoard, modelledBoard } from "../fixtures/boards/modelledBoard.ts";
import { orinAgx } from "../fixtures/boards/orinAgx.ts";
import { orinNano } from "../fixtures/boards/orinNano.ts";
import { shortProtocol } from "../fixtures/syntheticCampaign.ts";
import { temporaryFolder } from "../fixtures/temporaryFolder.ts";

const worker = fileURLToPath(new URL("../fixtures/faultyWorker.mjs", import.meta.url));
const gpuWorker = fileURLToPath(new URL("../fixtures/cardWorker.mjs", import.meta.url));
const cycleModes = fileURLToPath(new URL("../fixtures/boards/cycleModes.ts", import.meta.url));
const protocol = { ...shortProtocol, warmupBudgetSeconds: 0.02, budgetSeconds: 0.15, rounds: 1 };
const steady: Workload = {
  name: "steady",
  task: "inference",
  engine: { engine: "command", command: [process.execPath, worker, "behave"] },
  batches: [1],
};
const idle: Workload = { name: "idle", task: "idle", engine: { engine: "idle" }, batches: [1] };

const boards: ModelledBoard[] = [];
afterEach(() => {
  for (const board of boards.splice(0)) board.close();
});

function openBoard(model: BoardModel): ModelledBoard {
  const board = modelledBoard(model);
  boards.push(board);
  return board;
}

function executorOn({ root, searchPath, restoreFolder }: ModelledBoard) {
  return jetsonExecutor({ root, searchPath, restoreFolder, zooFolder: temporaryFolder(), accelerator: undefined });
}

const config = (powerMode: string) =>
  ({ workload: "idle", powerMode, partition: { kind: "whole" }, batch: 1 }) as const;

async function measure(board: ModelledBoard, powerModes: readonly string[], workloads: readonly Workload[] = [steady]) {
  const executor = executorOn(board);
  try {
    const { device } = await executor.describe();
    const end = await profile(
      executor,
      buildSpace(device, { workloads, powerModes, partitions: [device.defaultPartition] }),
      protocol,
      memorySink(),
    );
    return end.profile!;
  } finally {
    await executor.close!();
  }
}

function resultsOf({ outcome }: Measurement) {
  return outcome.kind === "measured" ? outcome.results : expect.unreachable();
}

/** Power of the empty board by its readings over a moment, W. */
async function idlePower(board: ModelledBoard): Promise<readonly (number | null)[]> {
  const executor = executorOn(board);
  const session = await executor.openIdle!();
  await session.usage();
  const { power_w: watts } = (await session.telemetry!(0, Number.POSITIVE_INFINITY))!;
  await session.close();
  await executor.close!();
  return watts;
}

describe("a campaign on a modelled board", () => {
  test("is measured in each power mode, and leaves the board as it was", async () => {
    const board = openBoard(orinAgx);
    const before = board.settings();
    const grid = "2c-cpu1497.6-gpu306-mem665.6";
    const { measurements, device, warnings } = await measure(board, ["MODE_15W", grid]);
    expect(device.name).toBe(orinAgx.model);
    const mechanisms = new Map(measurements.map((row) => [row.point.config.powerMode, row.mechanism]));
    expect(Object.fromEntries(mechanisms)).toEqual({
      MODE_30W: "none; nvpmodel -m 2, clocks pinned by jetson_clocks",
      MODE_15W: "none; nvpmodel -m 1, clocks pinned by jetson_clocks",
      [grid]: "none; cores and clocks pinned in /sys",
    });
    for (const row of measurements) {
      const { powerMeanWatts, device: told } = resultsOf(row);
      // 19.008 V × 0.375 A + 5 V × 0.8 A; the memory's 0.6 W are part of the latter.
      expect(told?.powerWatts?.mean).toBeCloseTo(19.008 * 0.375 + 4, 6);
      expect(powerMeanWatts).toBeCloseTo(told!.powerWatts!.mean, 9);
      expect(told?.powerSource).toBe("integral");
      expect(told?.temperatureCelsius?.most).toBe(46.25);
    }
    expect(warnings.map(({ code }) => code)).toContain("mode-needs-reboot");
    expect(board.settings()).toEqual(before);
  });

  test("power of a board that is not known is null with the reason, a mode it only pretends to set fails, and the rest is measured", async () => {
    const board = openBoard({ ...orinNano, model: "NVIDIA Jetson Example", compatible: ["nvidia,tegra999"] });
    board.fault("nvpmodel", "falls-back");
    const { measurements } = await measure(board, ["7W"]);
    for (const { point, outcome } of measurements)
      expect(outcome).toMatchObject(
        point.config.powerMode === "15W"
          ? { kind: "measured", results: { powerMeanWatts: null, nulls: { power_mean_w: /this board is not known/ } } }
          : { kind: "failed", reason: expect.stringContaining("was asked for mode 3 and reports mode 0") },
      );
  });
});

describe("the executor", () => {
  test("measures a network on a share of the processor, by whatever can set it", async () => {
    const board = openBoard(orinNano);
    const executor = executorOn(board);
    const { device } = await executor.describe();
    const network: Workload = {
      name: "tiny",
      task: "inference",
      engine: { engine: "onnx", model: "zoo:tiny" },
      batches: [1],
    };
    const session = await executor.open(network, {
      ...{ workload: "tiny", powerMode: device.powerModes[0]!.name, batch: 1 },
      partition: { kind: "cpu-share", share: 0.5 },
    });
    expect(session.mechanism).toMatch(/^paced by the worker to 3 cores; nvpmodel -m 0/);
    expect((await session.run(1)).service).toBeGreaterThan(0);
    await session.close();
    await executor.close!();
  });

  test("counts memory taken through the GPU beside that of the process, and passes its own times on", async () => {
    const executor = executorOn(openBoard(orinNano));
    const onGpu: Workload = { ...steady, engine: { engine: "command", command: [process.execPath, gpuWorker] } };
    const session = await executor.open(onGpu, { ...config("15W"), workload: onGpu.name });
    expect((await session.run(1)).device).toBeGreaterThan(0);
    expect((await session.usage()).memoryPeakBytes).toBeGreaterThan(300e6);
    await session.close();
    await executor.close!();
  });

  test("holds one mode at a time", async () => {
    const executor = executorOn(openBoard(orinNano));
    const session = await executor.open(idle, config("15W"));
    await expect(executor.open(idle, config("7W"))).rejects.toThrow(
      'power mode "7W" cannot be set while a workload runs in "15W": a board has one mode at a time',
    );
    const beside = await executor.open(idle, config("15W"));
    await Promise.all([session.close(), beside.close()]);
    await (await executor.open(idle, config("7W"))).close();
    await executor.close!();
  });

  test("reports a mode that others have changed, so that the measurement in it does not count", async () => {
    const board = openBoard(orinNano);
    const executor = executorOn(board);
    const session = await executor.open(idle, config("15W"));
    board.write("sys/class/devfreq/17000000.gpu/max_freq", "306000000");
    expect((await session.usage()).powerMode).toMatchObject({ cores: 6, gpuHertz: 306_000_000 });
    await session.close();
    await executor.close!();
  });

  test("knows the empty board's power and temperature, and not while nobody samples it", async () => {
    const executor = executorOn(openBoard(orinNano));
    const session = await executor.openIdle!();
    expect(await session.usage()).toMatchObject({ energyJoules: null, reasons: { energyJoules: /counts no energy/ } });
    const telemetry = (await session.telemetry!(0, Number.POSITIVE_INFINITY))!;
    expect(new Set(telemetry.power_w)).toEqual(new Set([6]));
    expect(telemetry.temperature_c[0]).toBe(49.25);
    await session.close();
    const unsampled = await executor.openIdle!({ monitored: false });
    expect(unsampled.telemetry).toBeUndefined();
    expect((await unsampled.usage()).reasons.energyJoules).toMatch(/from samples of its power alone/);
    await executor.close!();
  });

  test("a rail that goes away for a while leaves a hole in the power, and the reason", async () => {
    const board = openBoard(orinNano);
    const executor = executorOn(board);
    const rail = "sys/bus/i2c/drivers/ina3221/1-0040/hwmon/hwmon3/curr1_input";
    const session = await executor.openIdle!();
    await session.usage();
    board.remove(rail);
    expect((await session.usage()).reasons.energyJoules).toMatch(/power could not be read .*curr1_input/);
    board.write(rail, "1000");
    await session.usage();
    const { power_w: watts } = (await session.telemetry!(0, Number.POSITIVE_INFINITY))!;
    expect(new Set(watts)).toEqual(new Set([6, null, 5]));
    await session.close();
    await executor.close!();
  });

  test("changes nothing before a mode is asked for, and may be closed twice", async () => {
    const board = openBoard(orinAgx);
    const executor = executorOn(board);
    await executor.describe();
    await (await executor.openNull()).close();
    await executor.close!();
    await executor.close!();
    expect(board.calls()).toEqual([]);
    expect(await pendingRestorations(board.restoreFolder)).toEqual([]);
  });

  test("reads power by tegrastats where no power monitor can be read", async () => {
    const board = openBoard(orinNano);
    expect(new Set(await idlePower(board))).toEqual(new Set([6]));
    board.remove("sys/bus/i2c");
    expect(new Set(await idlePower(board))).toEqual(new Set([6]));
    board.fault("tegrastats", "no-power");
    expect(new Set(await idlePower(board))).toEqual(new Set([null]));
  });

  test("refuses a machine that is no Jetson", async () => {
    const executor = jetsonExecutor({ root: temporaryFolder() });
    await expect(executor.describe()).rejects.toThrow(/finds no Jetson here/);
    await executor.close!();
  });
});

describe("a process that is killed", () => {
  /** Changes modes in a process of its own, which is killed at a random moment; its guard puts the board back. */
  async function killAtRandom(model: BoardModel, modes: readonly string[], random: Random): Promise<void> {
    const board = openBoard(model);
    const before = board.settings();
    const args = [cycleModes, board.root, board.searchPath, board.restoreFolder, ...modes];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    let lines = random.integer(4);
    child.stdout.on("data", async (data: Buffer) => {
      lines -= data.toString().split("\n").length - 1;
      if (lines >= 0) return;
      await sleep(300 * random.next());
      child.kill("SIGKILL");
    });
    await once(child, "close");
    while ((await pendingRestorations(board.restoreFolder)).length > 0) await sleep(50);
    expect(board.settings()).toEqual(before);
  }

  test("at any of some random moments leaves the board as it was, by its guard", async () => {
    const random = seededRandom("kill -9 on the board");
    const nano = ["7W", "2c-cpu1344-gpu816-mem665.6", "25W", "4c-cpu729.6-gpu306-mem204"];
    const agx = ["MODE_15W", "MODE_50W", "10c-cpu1190.4-gpu306-mem2133", "2c-cpu115.2-gpu114.75-mem204"];
    await Promise.all([killAtRandom(orinNano, nano, random), killAtRandom(orinAgx, agx, random)]);
    await killAtRandom(orinAgx, agx.toReversed(), random);
  });
});
