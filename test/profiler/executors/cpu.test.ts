import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSpace, cpuExecutor, memorySink, profile } from "@partitune/profiler";
import { type Config, InputError, type Measurement, type Partition, type Workload } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { share, shortProtocol } from "../fixtures/syntheticCampaign.ts";
import { temporaryFolder } from "../fixtures/temporaryFolder.ts";

const faultyWorker = fileURLToPath(new URL("../fixtures/faultyWorker.mjs", import.meta.url));
const protocol = { ...shortProtocol, warmupBudgetSeconds: 0.02, budgetSeconds: 0.05 };

function onnx(name: string, model: string): Workload {
  return { name, task: "inference", engine: { engine: "onnx", model }, batches: [1, 2] };
}

function command(name: string, ...args: readonly string[]): Workload {
  return { name, task: "inference", engine: { engine: "command", command: [process.execPath, ...args] }, batches: [1] };
}

async function measure(
  workloads: readonly Workload[],
  partitions: readonly Partition[],
  zooFolder = temporaryFolder(),
) {
  const executor = cpuExecutor({ zooFolder });
  const { device } = await executor.describe();
  const end = await profile(executor, buildSpace(device, { workloads, partitions }), protocol, memorySink());
  return end.profile!.measurements;
}

function groupsLeft(): readonly string[] {
  const folder = "/sys/fs/cgroup/cpu";
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.startsWith(`partitune-measure-${process.pid}-`));
}

test("a network and a command are measured on a share and on the whole processor, and nothing is left behind", async () => {
  const workloads = [onnx("tiny", "zoo:tiny"), command("other", faultyWorker, "behave")];
  const rows = await measure(workloads, [share(0.5)]);
  expect(rows.length).toBe(3 + 4);
  for (const row of rows) {
    expect(row.outcome).toMatchObject({ kind: "measured" });
    expect(row.mechanism).toMatch(row.baseline ? /^none$/ : /cgroup|paced/);
  }
  expect(groupsLeft()).toEqual([]);
});

test("where there are no control groups the worker paces itself", async () => {
  const machine = { root: temporaryFolder(), cores: 2, processId: process.pid };
  const executor = cpuExecutor({ zooFolder: temporaryFolder(), machine });
  const { device, environment } = await executor.describe();
  expect(environment).toMatchObject({
    "cpu-share by": "paced",
    "cpu-share not by": expect.stringMatching(/cgroup-v2: .*cgroup-v1: /),
  });
  const space = buildSpace(device, { workloads: [onnx("tiny", "zoo:tiny")], partitions: [share(0.25)] });
  const end = await profile(executor, space, protocol, memorySink());
  const rows = end.profile!.measurements.filter((row) => !row.baseline);
  expect(rows.map((row) => row.mechanism)).toEqual(Array(2).fill("paced by the worker to 0.5 cores"));
  const ratios = rows.map(({ outcome }) => {
    const { latency, cpuSeconds } = outcome.kind === "measured" ? outcome.results : expect.unreachable();
    return latency.mean / cpuSeconds!;
  });
  // Half a core: twice the processor time, but for what a busy machine and the counter's steps add to it in a round.
  expect(Math.max(...ratios)).toBeGreaterThan(1);
});

test("what a network has used is told, or why it cannot be", async () => {
  const rows = await measure([onnx("tiny", "zoo:tiny")], [{ kind: "whole" }]);
  const results = rows.flatMap(({ outcome }: Measurement) => (outcome.kind === "measured" ? [outcome.results] : []));
  expect(results.length).toBe(4);
  for (const { cpuSeconds, memoryPeakBytes, powerMeanWatts, nulls } of results) {
    expect(cpuSeconds!).toBeGreaterThan(0);
    if (memoryPeakBytes !== null) expect(memoryPeakBytes).toBeGreaterThan(1e7);
    else expect(nulls.memory_peak_bytes).toMatch(/larger batch ran before/);
    if (powerMeanWatts === null) expect(nulls.power_mean_w).toMatch(/powercap/);
  }
});

describe("a workload that cannot be started is refused before anything is measured:", () => {
  test.each([
    [
      "a model that does not exist",
      () => onnx("mine", "/no/such/model.onnx"),
      /workload "mine" cannot be started .*does not exist/,
    ],
    [
      "a model that is empty",
      () => {
        const file = join(temporaryFolder(), "empty.onnx");
        writeFileSync(file, "");
        return onnx("mine", file);
      },
      /is an empty file/,
    ],
    [
      "a network that the zoo does not have",
      () => onnx("mine", "zoo:elephant"),
      /model "zoo:elephant" is not a network of the zoo/,
    ],
    ["a program that ends at once", () => command("mine", "-e", "process.exit(3)"), /exit code 3 while getting ready/],
  ])("%s", async (_, workload, words) => {
    await expect(measure([workload()], [share(0.5)])).rejects.toThrow(InputError);
    await expect(measure([workload()], [share(0.5)])).rejects.toThrow(words);
  });
});

describe("a worker that fails while it is measured is a row, not the end:", () => {
  test.each([
    ["crash", "failed", /exit code 139/],
    ["kill-9", "infeasible", /memory runs out/],
    ["garbage", "failed", /no message of the line protocol/],
  ] as const)("%s", async (fault, kind, words) => {
    const rows = await measure([command("mine", faultyWorker, fault)], [{ kind: "whole" }]);
    expect(rows.map((row) => row.outcome)).toEqual(Array(3).fill({ kind, reason: expect.stringMatching(words) }));
    expect(groupsLeft()).toEqual([]);
  });
});

test("a network on a GPU's provider is none of the processor's, and refused", async () => {
  const workload: Workload = {
    ...onnx("tiny", "zoo:tiny"),
    engine: { engine: "onnx", model: "zoo:tiny", provider: "cuda" },
  };
  await expect(measure([workload], [share(1)])).rejects.toThrow(
    /workload "tiny" runs on the provider "cuda".*--executor nvidia/,
  );
});

test("ending a campaign while a worker hangs ends the worker at once", async () => {
  const controller = new AbortController();
  const executor = cpuExecutor();
  const { device } = await executor.describe();
  const space = buildSpace(device, { workloads: [command("mine", faultyWorker, "hang")], partitions: [share(0.5)] });
  const onProgress = ({ current }: { readonly current: string }) => {
    if (current.startsWith("warming up")) setTimeout(() => controller.abort(new Error("enough")), 20);
  };
  const end = await profile(executor, space, protocol, memorySink(), { signal: controller.signal, onProgress });
  expect(end).toMatchObject({ status: "aborted", made: 0 });
  expect(groupsLeft()).toEqual([]);
});

test("an identity changes with the content of the model's file", async () => {
  const zooFolder = temporaryFolder();
  const executor = cpuExecutor({ zooFolder });
  const zoo = await executor.identify(onnx("tiny", "zoo:tiny"));
  const [file] = readdirSync(zooFolder);
  expect(zoo).toBe(file);
  const path = join(zooFolder, file!);
  expect(await executor.identify(onnx("tiny", path))).toMatch(/^[0-9a-f]{64}$/);
});

test("a session answers with the worker's service time within its own start and end", async () => {
  const executor = cpuExecutor({ zooFolder: temporaryFolder() });
  const config: Config = { workload: "tiny", powerMode: "default", partition: { kind: "whole" }, batch: 1 };
  const session = await executor.open(onnx("tiny", "zoo:tiny"), config);
  const run = await session.run(1);
  expect(run.service).toBeGreaterThan(0);
  expect(run.end - run.start).toBeGreaterThanOrEqual(run.service);
  await session.close();
  await session.close();
  await expect(session.run(1)).rejects.toMatchObject({ name: "WorkerFailure" });
});
