import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  buildSpace,
  memorySink,
  modeTable,
  orinWorkloads,
  profile,
  protocols,
  syntheticBoardExecutor,
  syntheticOrinAgx,
} from "@partitune/profiler";
import { loadProfile, type Measurement, type Profile } from "@partitune/schema";
import { describe, expect, test } from "vitest";

/** Two trainings and the idle board in two modes, three rounds. */
async function measured(): Promise<Profile> {
  const workloads = orinWorkloads.filter(({ name }) => ["lstm-training", "bert-training", "idle"].includes(name));
  const space = buildSpace(syntheticOrinAgx, {
    workloads,
    partitions: [{ kind: "whole" }],
    powerModes: ["MAXN", "15W"],
  });
  const protocol = { ...protocols.sweep, rounds: 3 };
  return (await profile(syntheticBoardExecutor(), space, protocol, memorySink())).profile!;
}

const table = await measured();
const lstm = { powerMode: "MAXN", workload: "lstm-training", batch: null };

function rowsOf(source: Profile, powerMode: string, workload: string): readonly Measurement[] {
  return source.measurements.filter(
    ({ point }) => point.config.powerMode === powerMode && point.config.workload === workload,
  );
}

function timesOf(rows: readonly Measurement[]): readonly number[] {
  return rows.map(({ outcome }) => (outcome.kind === "measured" ? outcome.results.latency.p50!.value : Number.NaN));
}

/** The table with one row changed. */
function changed(change: (row: Measurement) => Measurement): Profile {
  const [first] = rowsOf(table, "MAXN", "lstm-training");
  return { ...table, measurements: table.measurements.map((row) => (row === first ? change(row) : row)) };
}

function slower(factor: number) {
  return (row: Measurement): Measurement => {
    if (row.outcome.kind !== "measured") throw new Error("not measured");
    const { results } = row.outcome;
    const p50 = { value: results.latency.p50!.value * factor, low: null, high: null };
    return { ...row, outcome: { kind: "measured", results: { ...results, latency: { ...results.latency, p50 } } } };
  };
}

test("repeats are combined by their median", async () => {
  const times = timesOf(rowsOf(table, "MAXN", "lstm-training"));
  expect(times).toHaveLength(3);
  const answer = modeTable(table).look(lstm);
  expect("timeSeconds" in answer && answer.timeSeconds).toBe([...times].sort((a, b) => a - b)[1]);
  expect(await modeTable(table).measure(lstm)).toEqual(answer);
  expect(modeTable(table).look({ powerMode: "15W", workload: null, batch: null })).toEqual({
    // 8.79 W by the formula, give or take the noise
    powerWatts: expect.closeTo(8.8, 0),
  });
  expect(modeTable(table).warnings()).toEqual([]);
});

test("a missing row fails and names the configuration", () => {
  expect(modeTable(table).look({ ...lstm, powerMode: "50W" })).toEqual({
    failed: 'the table has no row of "lstm-training 50W whole batch 16"',
  });
  const withoutIdle = { ...table, workloads: table.workloads.filter(({ task }) => task !== "idle") };
  expect(modeTable(withoutIdle).look({ powerMode: "MAXN", workload: null, batch: null })).toEqual({
    failed: "the table has no row of the idle device",
  });
});

describe("repeats that", () => {
  test("contradict each other by more than 20 % are warned of, and their median is used", () => {
    const doubtful = modeTable(changed(slower(1.5)));
    expect(doubtful.warnings()).toMatchObject(
      [{ code: "contradictory-repeats", where: /1 of 9 configurations/ }].map((warning) => ({
        ...warning,
        where: expect.stringMatching(warning.where),
      })),
    );
    expect(doubtful.look(lstm)).toHaveProperty("timeSeconds");
    expect(modeTable(changed(slower(1.1))).warnings()).toEqual([]);
  });

  test("failed or are not fit for use do not count", () => {
    const rest = timesOf(rowsOf(table, "MAXN", "lstm-training")).slice(1);
    const middle = (rest[0]! + rest[1]!) / 2;
    const failed = changed((row) => ({ ...row, outcome: { kind: "failed", reason: "crashed" } }));
    const throttled = changed((row) => ({ ...row, flags: ["throttled"] }));
    for (const source of [failed, throttled]) {
      expect(modeTable(source).look(lstm)).toMatchObject({ timeSeconds: expect.closeTo(middle, 12) });
    }
  });

  test("all failed give the last one's reason", () => {
    const measurements = table.measurements.map(
      (row): Measurement => ({ ...row, outcome: { kind: "failed", reason: "crashed" } }),
    );
    expect(modeTable({ ...table, measurements }).look(lstm)).toEqual({ failed: "crashed" });
  });
});

test("rows of several processes answer no question about one", () => {
  const [first] = rowsOf(table, "MAXN", "lstm-training");
  const crowd = {
    ...first!,
    id: "crowd",
    point: { ...first!.point, config: { ...first!.point.config, processes: 4 } },
  };
  const slow = slower(3)(crowd);
  const both = { ...table, measurements: [...table.measurements, slow, { ...slow, id: "again" }] };
  expect(modeTable(both).look(lstm)).toEqual(modeTable(table).look(lstm));
  expect(modeTable(both).warnings()).toEqual([]);
});

const dataset = join(import.meta.dirname, "../../datasets/synthetic-orin-agx");

test.skipIf(!existsSync(dataset))("the dataset is synthetic, complete, and what its command makes today", async () => {
  const recorded = loadProfile(dataset);
  expect(recorded.device.synthetic).toBe(true);
  expect(recorded.measurements.filter((row) => !row.baseline)).toHaveLength(444 * (5 + 3 * 6 + 1));
  expect(recorded.warnings).toEqual([]);
  const modes = recorded.device.powerModes.slice(0, 2).map(({ name }) => name);
  const workloads = orinWorkloads.filter(({ name }) => name === "yolo-training");
  const space = buildSpace(syntheticOrinAgx, { workloads, partitions: [{ kind: "whole" }], powerModes: modes });
  const executor = syntheticBoardExecutor({ seed: "partitune" });
  const now = (await profile(executor, space, protocols.sweep, memorySink())).profile!;
  const timeIn = (source: Profile) => timesOf(rowsOf(source, "MAXN", "yolo-training"));
  expect(timeIn(recorded)).toEqual(timeIn(now));
});
