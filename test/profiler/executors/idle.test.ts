import {
  cpuExecutor,
  idleWorkload,
  loadRecording,
  openModeMeasuring,
  orinWorkloads,
  protocols,
  replayExecutor,
  syntheticBoardExecutor,
} from "@partitune/profiler";
import { expect, test } from "vitest";
import { temporaryFolder } from "../fixtures/temporaryFolder.ts";

test("the idle processor is waited on, and tells its energy or why it cannot", async () => {
  const executor = cpuExecutor();
  expect(await executor.identify(idleWorkload)).toBe("");
  const config = { workload: "idle", powerMode: "default", partition: { kind: "whole" }, batch: 1 } as const;
  const session = await executor.open(idleWorkload, config);
  const { start, end, service } = await session.run(0.01);
  expect(service).toBe(end - start);
  expect(service).toBeGreaterThan(0.005);
  const { energyJoules, reasons } = await session.usage();
  expect(energyJoules === null).toBe("energyJoules" in reasons);
  await session.close();
});

test("a recorded board is replayed: its trainings, its inferences, and itself idle", async () => {
  const folder = temporaryFolder();
  const runs = [
    { powerMode: "MAXN", workload: "lstm-training", batch: null },
    { powerMode: "MAXN", workload: "mobilenet-inference", batch: 8 },
    { powerMode: "15W", workload: null, batch: null },
  ];
  const rules = { protocol: protocols.sweep, workloads: orinWorkloads };
  const board = await openModeMeasuring({ executor: syntheticBoardExecutor(), folder, ...rules });
  const measured = [];
  for (const run of runs) measured.push(await board.measure(run));
  await board.close();
  const { workloads } = loadRecording(folder).profile;
  const recording = replayExecutor(() => loadRecording(folder));
  const replay = await openModeMeasuring({ executor: recording, protocol: protocols.sweep, workloads });
  for (const [i, run] of runs.entries()) {
    const { powerWatts, ...rest } = measured[i] as { readonly powerWatts: number };
    expect(await replay.measure(run)).toEqual({ ...rest, powerWatts: expect.closeTo(powerWatts, 6) });
  }
  expect(await replay.measure({ ...runs[0]!, powerMode: "50W" })).toEqual({
    failed: expect.stringContaining("no recorded measurement"),
  });
});
