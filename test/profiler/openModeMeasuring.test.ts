import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type BoardOptions,
  cpuExecutor,
  type Executor,
  type ModeRun,
  openModeMeasuring,
  orinWorkloads,
  protocols,
  syntheticBoardExecutor,
} from "@partitune/profiler";
import { loadProfile } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { faultyExecutor } from "./fixtures/faultyExecutor.ts";
import { temporaryFolder } from "./fixtures/temporaryFolder.ts";

function open(
  options: Partial<BoardOptions> = {},
  folder?: string,
  executor: Executor = syntheticBoardExecutor(options),
) {
  const where = folder === undefined ? {} : { folder };
  return openModeMeasuring({ executor, protocol: protocols.sweep, workloads: orinWorkloads, ...where });
}

const lstm: ModeRun = { powerMode: "MAXN", workload: "lstm-training", batch: null };
const idle: ModeRun = { powerMode: "15W", workload: null, batch: null };

test("a run is answered with its median time and mean power, and the idle device with its power alone", async () => {
  const measuring = await open({ noise: 0 });
  // Source: the tables of the synthetic board, 9.8494 ms and 27.0557 W; times are kept to 0.1 µs.
  expect(await measuring.measure(lstm)).toEqual({
    timeSeconds: expect.closeTo(0.0098494, 7),
    powerWatts: expect.closeTo(27.0557, 2),
  });
  expect(await measuring.measure({ powerMode: "MAXN", workload: null, batch: null })).toEqual({
    powerWatts: expect.closeTo(15.8224, 3),
  });
  await measuring.close();
});

test("every measurement is in the journal before it is answered, and answers again after a restart", async () => {
  const folder = temporaryFolder();
  const first = await open({}, folder);
  const answers = [await first.measure(lstm)];
  const journal = () => readFileSync(join(folder, "journal.jsonl"), "utf8").split("\n");
  expect(journal().filter((line) => line.startsWith('{"type":"done"'))).toHaveLength(1);
  answers.push(await first.measure(idle));
  expect(first.made).toBe(2);
  await first.close();

  const second = await open({}, folder);
  expect([await second.measure(lstm), await second.measure(idle)]).toEqual(answers);
  expect(second.made).toBe(0);
  await second.measure({ ...lstm, powerMode: "50W" });
  expect(second.made).toBe(1);
  await second.close();
  expect(loadProfile(folder).measurements).toHaveLength(3);
});

test("another repeat is another measurement, and a second call of the same is none", async () => {
  const measuring = await open();
  const [first, again, repeated] = [
    await measuring.measure(lstm),
    await measuring.measure(lstm),
    await measuring.measure({ ...lstm, repeat: 1 }),
  ];
  expect(again).toEqual(first);
  expect(repeated).not.toEqual(first);
  expect(measuring.made).toBe(2);
});

test("runs in the same mode that follow each other share a worker, and a repeat gets its own", async () => {
  const opened: string[] = [];
  const executor = faultyExecutor(syntheticBoardExecutor(), {
    open: ({ workload, powerMode }) => void opened.push(`${workload} in ${powerMode}`),
  });
  const measuring = await open({}, undefined, executor);
  const bert: ModeRun = { powerMode: "MAXN", workload: "bert-inference", batch: 4 };
  for (const batch of [1, 4, 8]) await measuring.measure({ ...bert, batch });
  expect(opened).toEqual(["bert-inference in MAXN"]);
  await measuring.measure(lstm);
  await measuring.measure({ ...lstm, repeat: 1 });
  expect(opened).toEqual(["bert-inference in MAXN", "lstm-training in MAXN", "lstm-training in MAXN"]);
  expect(executor.running()).toBe(1);
  await measuring.close();
  expect(executor.running()).toBe(0);
});

test("repeats that contradict each other are warned of", async () => {
  const executor = faultyExecutor(syntheticBoardExecutor(), {
    run: (run, config) => (config.powerMode === "15W" ? { ...run, service: run.service * (slow ? 1.5 : 1) } : run),
  });
  let slow = false;
  const measuring = await open({}, undefined, executor);
  const run = { ...lstm, powerMode: "15W" };
  await measuring.measure(run);
  expect(measuring.warnings()).toEqual([]);
  slow = true;
  await measuring.measure({ ...run, repeat: 1 });
  expect(measuring.warnings()).toMatchObject([{ code: "contradictory-repeats" }]);
});

test("runs asked for at once are measured one after the other", async () => {
  const measuring = await open();
  const runs = ["MAXN", "15W", "50W"].map((powerMode) => ({ ...lstm, powerMode }));
  const together = await Promise.all(runs.map((run) => measuring.measure(run)));
  const alone = await open();
  for (const [i, run] of runs.entries()) expect(await alone.measure(run)).toEqual(together[i]);
});

describe("a fault fails the run with its reason,", () => {
  test.each([
    ["a mode that cannot be set", { refuses: { MAXN: "permission denied" } }, /could not be set: permission denied/],
    ["a mode that falls back to another", { fallsBack: { MAXN: "15W" } }, /was not in power mode "MAXN"/],
    ["a power meter that stops", { meterStopsAt: 0.3 }, /power meter stopped/],
  ] as const)("such as %s, and the next run is measured", async (_, faults, reason) => {
    const measuring = await open({ faults });
    expect(await measuring.measure(lstm)).toEqual({ failed: expect.stringMatching(reason) });
    expect(measuring.warnings()).not.toEqual([]);
    const next = await measuring.measure({ ...lstm, powerMode: "50W" });
    expect("meterStopsAt" in faults ? "failed" in next : "timeSeconds" in next).toBe(true);
  });

  test("and is tried again after a restart, but not a batch that cannot run", async () => {
    const folder = temporaryFolder();
    const badBatch: ModeRun = { powerMode: "MAXN", workload: "bert-inference", batch: 128 };
    const first = await open({ faults: { meterStopsAt: 0.3 } }, folder);
    expect(await first.measure(lstm)).toHaveProperty("failed");
    expect(await first.measure(badBatch)).toEqual({ failed: expect.stringContaining("no formula") });
    await first.close();
    const second = await open({}, folder);
    expect(await second.measure(lstm)).toHaveProperty("timeSeconds");
    expect(await second.measure(badBatch)).toHaveProperty("failed");
    expect(second.made).toBe(1);
    await second.close();
  });
});

test("an aborted measurement throws the signal's reason, keeps what was seen in the journal, and is measured the next time", async () => {
  const folder = temporaryFolder();
  const stop = new AbortController();
  let runs = 0;
  const executor = faultyExecutor(syntheticBoardExecutor(), {
    run(run) {
      runs += 1;
      if (runs === 30) stop.abort(new Error("enough"));
      return run;
    },
  });
  const measuring = await open({}, folder, executor);
  await expect(measuring.measure(lstm, stop.signal)).rejects.toThrow("enough");
  expect(executor.running()).toBe(0);
  await measuring.close();
  expect(readFileSync(join(folder, "journal.jsonl"), "utf8")).toContain('"type":"aborted"');
  const again = await open({}, folder);
  expect(await again.measure(lstm)).toHaveProperty("timeSeconds");
  expect(again.made).toBe(1);
  await again.close();
});

describe("refused are", () => {
  test("a device without a power meter", async () => {
    const blind = faultyExecutor(syntheticBoardExecutor(), {});
    const executor: Executor = {
      ...blind,
      async openNull() {
        const session = await blind.openNull();
        const reasons = { energyJoules: "no rails" };
        return { ...session, usage: async () => ({ ...(await session.usage()), energyJoules: null, reasons }) };
      },
    };
    await expect(open({}, undefined, executor)).rejects.toThrow(
      'device "synthetic-orin-agx" has no power meter (no rails); search on a device that measures its power',
    );
  });

  test.each([
    ["an unknown mode", { ...lstm, powerMode: "MAX" }, /power mode "MAX" is none of device/],
    ["an unknown workload", { ...lstm, workload: "lstm-trainig" }, /did you mean "lstm-training"/],
    ["a batch left open", { ...lstm, workload: "bert-inference" }, /has several batches \(1, 4, 8, 16, 32, 64\)/],
  ])("%s", async (_, run, words) => {
    await expect((await open()).measure(run)).rejects.toThrow(words);
  });

  test("a folder that was measured by other rules", async () => {
    const folder = temporaryFolder();
    await (await open({}, folder)).close();
    const other = { executor: syntheticBoardExecutor(), protocol: protocols.quick, workloads: orinWorkloads, folder };
    await expect(openModeMeasuring(other)).rejects.toThrow(/measure by the same rules/);
  });
});

test("an executor that cannot wait on the idle device says so", async () => {
  const { engines: _, ...rest } = syntheticBoardExecutor();
  const executor: Executor = { ...rest, engines: ["synthetic-board"] };
  const workloads = orinWorkloads.filter((workload) => workload.task !== "idle");
  const measuring = await openModeMeasuring({ executor, protocol: protocols.sweep, workloads });
  expect(await measuring.measure(idle)).toEqual({ failed: 'executor "synthetic-orin" measures no idle device' });
});

test("this machine's processor is measured where it has a meter, and refused with the reason where it has none", async () => {
  const executor = cpuExecutor();
  const session = await executor.openNull();
  const { energyJoules } = await session.usage().finally(() => session.close());
  const opened = openModeMeasuring({ executor, protocol: { ...protocols.quick, budgetSeconds: 1 }, workloads: [] });
  if (energyJoules === null) await expect(opened).rejects.toThrow(/has no power meter/);
  else await (await opened).close();
});
