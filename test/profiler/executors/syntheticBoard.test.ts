import { quantile } from "@partitune/numerics";
import {
  type BoardMode,
  type BoardOptions,
  boardCost,
  boardIdle,
  buildSpace,
  idleWorkload,
  memorySink,
  orinWork,
  orinWorkloads,
  profile,
  protocols,
  syntheticBoardExecutor,
  syntheticOrinAgx,
} from "@partitune/profiler";
import type { Config, Device, Measurement } from "@partitune/schema";
import { describe, expect, test } from "vitest";

const lstm = orinWorkloads.find(({ name }) => name === "lstm-training")!;
const resnet50 = orinWorkloads.find(({ name }) => name === "resnet50-inference")!;

function inMode(powerMode: string, workload = lstm.name, batch = 16): Config {
  return { workload, powerMode, partition: { kind: "whole" }, batch };
}

function settingsOf(index: number): BoardMode {
  const { name: _, ...settings } = syntheticOrinAgx.powerModes[index]!;
  return settings as BoardMode;
}

/** Rows of a campaign over one training in the given modes, baselines left out. */
async function rowsOf(options: Partial<BoardOptions>, powerModes: readonly string[], rounds = 1) {
  const executor = syntheticBoardExecutor(options);
  const device = options.device ?? syntheticOrinAgx;
  const space = buildSpace(device, { workloads: [lstm], partitions: [{ kind: "whole" }], powerModes });
  const end = await profile(executor, space, { ...protocols.sweep, rounds }, memorySink());
  return end.profile!.measurements.filter((row) => !row.baseline);
}

function numbersOf({ outcome }: Measurement): readonly [number, number | null] {
  if (outcome.kind !== "measured") throw new Error(outcome.reason);
  return [outcome.results.latency.p50!.value, outcome.results.powerMeanWatts];
}

describe("without noise", () => {
  test("a minibatch takes and draws what the formula says, and the meter counts the whole board", async () => {
    const executor = syntheticBoardExecutor({ noise: 0 });
    const session = await executor.open(resnet50, inMode("MAXN", resnet50.name, 8));
    const before = (await session.usage()).energyJoules!;
    const { service } = await session.run(8);
    const { energyJoules, powerMode } = await session.usage();
    const settings = settingsOf(1);
    const cost = boardCost(orinWork("inference", "resnet50", 8)!, settings);
    expect(service).toBe(cost.timeSeconds);
    expect((energyJoules! - before) / service).toBeCloseTo(cost.powerWatts, 9);
    expect(powerMode).toEqual(settings);
    await executor.clock.sleep(2);
    expect((await session.usage()).energyJoules! - energyJoules!).toBeCloseTo(2 * boardIdle(settings), 9);
  });

  test("waiting a batch of two on the idle board takes two seconds at its idle power", async () => {
    const executor = syntheticBoardExecutor({ noise: 0 });
    const session = await executor.open(idleWorkload, inMode("15W", "idle", 1));
    const before = (await session.usage()).energyJoules!;
    const { service } = await session.run(2);
    const settings = settingsOf(2);
    expect(service).toBe(2);
    expect(((await session.usage()).energyJoules! - before) / 2).toBeCloseTo(boardIdle(settings), 9);
  });
});

describe("the noise", () => {
  test("is fixed by the seed, and differs between configurations and repeats", async () => {
    const modes = ["MAXN", "15W"];
    const rows = (await rowsOf({}, modes, 2)).map(numbersOf);
    expect((await rowsOf({}, modes, 2)).map(numbersOf)).toEqual(rows);
    expect((await rowsOf({ seed: "2" }, modes, 2)).map(numbersOf)).not.toEqual(rows);
    expect(new Set(rows.map(String)).size).toBe(4);
  });

  test("scatters time and power of configurations as said, 1.3 % and 1 %", async () => {
    const modes = (syntheticOrinAgx.powerLevels?.gpuHertz ?? []).flatMap((gpu) =>
      [422.4, 729.6, 1036.8, 1344, 1651.2, 1958.4].flatMap((cpu) =>
        [4, 8, 12].map((cores) => `${cores}c-cpu${cpu}-gpu${gpu / 1e6}-mem665.6`),
      ),
    );
    const exact = new Map(
      (await rowsOf({ noise: 0 }, modes)).map((row) => [row.point.config.powerMode, numbersOf(row)]),
    );
    const noisy = await rowsOf({}, modes);
    const ratios = (which: 0 | 1) =>
      noisy.map((row) => Math.log(numbersOf(row)[which]! / exact.get(row.point.config.powerMode)![which]!));
    // From the median deviation, which outliers do not move: sd = 1.4826 · median |x| of a normal distribution.
    const deviation = (values: readonly number[]) => 1.4826 * quantile(Float64Array.from(values, Math.abs).sort(), 0.5);
    expect(deviation(ratios(0))).toBeCloseTo(Math.hypot(0.01, 0.008), 2);
    expect(deviation(ratios(1))).toBeCloseTo(Math.hypot(0.006, 0.008), 2);
  });
});

describe("a fault gives no number that could be taken for another:", () => {
  test("a mode that cannot be set fails with what the board says", async () => {
    const [row] = await rowsOf({ faults: { refuses: { "50W": "nvpmodel: error 256" } } }, ["50W"]);
    expect(row!.outcome).toEqual({
      kind: "failed",
      reason: 'power mode "50W" could not be set: nvpmodel: error 256',
    });
  });

  test("a mode in whose place the board takes another fails, told from the clocks read back", async () => {
    const rows = await rowsOf({ faults: { fallsBack: { MAXN: "30W" } } }, ["MAXN", "15W"]);
    const outcomes = Object.fromEntries(rows.map((row) => [row.point.config.powerMode, row.outcome]));
    expect(outcomes.MAXN).toEqual({
      kind: "failed",
      reason: 'the device was not in power mode "MAXN": it reported 8 cores, asked for 12 cores',
    });
    expect(outcomes["15W"]!.kind).toBe("measured");
  });

  test("a power above the mode's cap is kept and flagged", async () => {
    const [mode] = syntheticOrinAgx.powerModes;
    const device: Device = {
      ...syntheticOrinAgx,
      powerModes: [
        mode!,
        { ...mode!, name: "capped", powerCapWatts: 10 },
        { ...mode!, name: "held", powerCapWatts: 40 },
      ],
    };
    const rows = await rowsOf({ device }, ["capped", "held"]);
    const flags = Object.fromEntries(rows.map((row) => [row.point.config.powerMode, row.flags]));
    expect(flags).toEqual({ capped: ["over-cap"], held: [] });
    expect(rows.map((row) => numbersOf(row)[1]).every((watts) => watts! > 10)).toBe(true);
  });

  test.each([
    ["before", 1.2, "the power meter stood still while measuring"],
    ["in", 2, "the power meter stopped while measuring"],
  ])(
    "a power meter that stops %s the window leaves the power unknown, and the time as it is",
    async (_, at, reason) => {
      const [row] = await rowsOf({ faults: { meterStopsAt: at }, noise: 0 }, ["15W"]);
      const [free] = await rowsOf({ noise: 0 }, ["15W"]);
      expect(row!.flags).toContain("meter-stopped");
      expect(numbersOf(row!)).toEqual([numbersOf(free!)[0], null]);
      if (row!.outcome.kind !== "measured") throw new Error("not measured");
      expect(row!.outcome.results.nulls).toMatchObject({ power_mean_w: reason, energy_per_request_j: reason });
    },
  );
});

describe("the board refuses", () => {
  test("two minibatches at a time, and two modes at a time", async () => {
    const executor = syntheticBoardExecutor();
    const session = await executor.open(lstm, inMode("MAXN"));
    const running = session.run(16);
    await expect(session.run(16)).rejects.toThrow(/one minibatch at a time/);
    await running;
    await expect(executor.open(lstm, inMode("15W"))).rejects.toThrow(/while a workload runs in another one/);
    await session.close();
    await executor.open(lstm, inMode("15W"));
  });

  test("a batch without a formula, as a result", async () => {
    const session = await syntheticBoardExecutor().open(lstm, inMode("MAXN"));
    await expect(session.run(8)).rejects.toMatchObject({ code: "bad-batch" });
  });

  test("a workload without a formula, a partition, and a mode that leaves a clock open", async () => {
    const executor = syntheticBoardExecutor();
    const engine = { engine: "synthetic-board", workload: "alexnet" } as const;
    await expect(executor.identify({ ...lstm, engine })).rejects.toThrow(/training of "alexnet".*has no formula/);
    await expect(executor.admit({ kind: "cpu-share", share: 0.5 })).rejects.toThrow(/"cpu-share" cannot be set/);
    const device = { ...syntheticOrinAgx, powerModes: [...syntheticOrinAgx.powerModes, { name: "open", cores: 4 }] };
    await expect(syntheticBoardExecutor({ device }).open(lstm, inMode("open"))).rejects.toThrow(/does not set cores/);
  });
});
