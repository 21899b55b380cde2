import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  buildSpace,
  type Executor,
  memorySink,
  type NvidiaOptions,
  nvidiaExecutor,
  pendingRestorations,
  profile,
  protocols,
} from "@partitune/profiler";
import { type Config, parsePartition, powerModesOf, type Workload } from "@partitune/schema";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { daemonProcesses } from "../../../packages/profiler/src/mps/mpsProcesses.ts";
import { cardPrograms, ownUuid } from "../fixtures/fakePlace.ts";
import { noCompiler } from "../fixtures/nvml/buildFakeNvml.ts";
import { type FakeCard, type FakeCards, fakeH100, fakeMigH100, makeFakeCards } from "../fixtures/nvml/fakeCards.ts";
import { temporaryFolder } from "../fixtures/temporaryFolder.ts";

const script = join(import.meta.dirname, "../fixtures/cardWorker.mjs");
const plainCard = { ...fakeH100, uuid: ownUuid() };
const migCard = { ...fakeMigH100, uuid: ownUuid() };
const executors: Executor[] = [];
const before = { ...process.env };
let folder: string;
let fake: FakeCards;

beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(join(folder, "workers"));
  process.env.PATH = `${cardPrograms}:${before.PATH}`;
  process.env.PARTITUNE_RESTORE_DIR = join(folder, "restore");
  process.env.CARD_WORKER_FOLDER = join(folder, "workers");
});

afterEach(async () => {
  for (const each of executors.splice(0)) await each.close!().catch(() => {});
  for (const name of ["PATH", "PARTITUNE_RESTORE_DIR", "CARD_WORKER_FOLDER", "CUDA_MPS_PIPE_DIRECTORY"]) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

function open(cards: readonly FakeCard[] = [plainCard], options: Partial<NvidiaOptions> = {}): Executor {
  fake = makeFakeCards(folder, cards);
  const executor = nvidiaExecutor({ driver: { library: fake.library }, runFolder: folder, ...options });
  executors.push(executor);
  return executor;
}

function workload(name: string, ...args: readonly string[]): Workload {
  return {
    name,
    task: "inference",
    engine: { engine: "command", command: ["node", script, ...args] },
    batches: [1, 2],
  };
}

const net = workload("net", "2");

function config(partition: string, rest: Partial<Config> = {}): Config {
  return { workload: "net", powerMode: "default", partition: parsePartition(partition), batch: 1, ...rest };
}

/** What workers were shown, by their process ids. */
function shown(): ReadonlyMap<number, Readonly<Record<string, string>>> {
  const files = readdirSync(join(folder, "workers"));
  return new Map(
    files.map((name) => [Number.parseInt(name, 10), JSON.parse(readFileSync(join(folder, "workers", name), "utf8"))]),
  );
}

test("native code is loaded for those alone who choose a card", () => {
  const index = join(import.meta.dirname, "../../../packages/profiler/src/index.ts");
  const program = `const { executors } = await import(${JSON.stringify(index)}); executors.nvidia({});
    console.log(process.report.getReport().sharedObjects.filter((path) => path.includes("koffi")).length);`;
  expect(execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" })).toBe("0\n");
});

describe.skipIf(noCompiler !== undefined)("the executor of NVIDIA cards", () => {
  test("describes the card as it is found, with its driver", async () => {
    const { device, environment } = await open([{ ...plainCard, limit_mw: 500_000 }]).describe();
    expect(device).toMatchObject({ name: "NVIDIA H100 80GB HBM3", kind: "nvidia", cores: 132 });
    expect(device.powerModes[0]).toEqual({ name: "default", powerCapWatts: 500 });
    expect(environment).toMatchObject({ executor: "nvidia", driver: "570.86.15", card: plainCard.uuid });
  });

  test("of several cards one must be chosen, by its index or its UUID", async () => {
    const other = { ...plainCard, uuid: "GPU-99999999-2222-3333-4444-555555555555", bus: "00000000:2B:00.0" };
    await expect(open([plainCard, other]).describe()).rejects.toThrow(/has 2 cards: 0 \(GPU-00000001.*--card INDEX/);
    for (const card of ["1", "GPU-9999"])
      expect((await open([plainCard, other], { card }).describe()).environment.card).toBe(other.uuid);
    await expect(open([plainCard, other], { card: "7" }).describe()).rejects.toThrow(
      /card "7" is none of this machine/,
    );
    await expect(open([plainCard, other], { card: "GPU-" }).describe()).rejects.toThrow(/may be 2 cards/);
  });

  test("without a driver it says so and what to do", async () => {
    process.env.PATH = "/nowhere";
    const executor = nvidiaExecutor({ driver: { library: "/nowhere/libnvidia-ml.so.1" } });
    await expect(executor.describe()).rejects.toMatchObject({ name: "InputError", message: /NVIDIA driver/ });
    await executor.close!();
  });

  test("a worker sees its card alone, whatever this process was shown", async () => {
    process.env.CUDA_MPS_PIPE_DIRECTORY = "/tmp/somebody-else";
    const executor = open();
    const session = await executor.open(net, config("green-context:16"));
    const [environment] = [...shown().values()];
    expect(environment).toMatchObject({
      CUDA_VISIBLE_DEVICES: plainCard.uuid,
      PARTITUNE_MULTIPROCESSORS: "16",
      PARTITUNE_THREADS: "1",
    });
    expect(Object.keys(environment!).filter((name) => name.startsWith("CUDA_MPS"))).toEqual([]);
    const run = await session.run(1);
    expect(run.device).toBeCloseTo(run.service / 2, 9);
    await session.close();
  });

  test("several processes of several workloads share one daemon, and nothing is left of it", async () => {
    const executor = open();
    const sessions = [
      await executor.open(net, config("mps-share:0.5", { processes: 2 })),
      await executor.open(net, config("mps-share:0.25")),
    ];
    const environments = [...shown().values()];
    expect(environments.map((each) => each.CUDA_MPS_ACTIVE_THREAD_PERCENTAGE)).toEqual(
      expect.arrayContaining(["25", "25", "25"]),
    );
    expect(new Set(environments.map((each) => each.CUDA_MPS_PIPE_DIRECTORY)).size).toBe(1);
    const runs = [];
    for (let i = 0; i < 6; i++) runs.push(await sessions[0]!.run(1));
    expect(new Set(runs.map(({ process }) => process))).toEqual(new Set([0, 1]));
    expect((await sessions[0]!.usage()).cpuSeconds).toBeGreaterThanOrEqual(0);
    for (const session of sessions) await session.close();
    const pipes = environments[0]!.CUDA_MPS_PIPE_DIRECTORY!;
    expect(await daemonProcesses(pipes)).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.startsWith("partitune-mps"))).toEqual([]);
  });

  test("memory is what the driver tells of the session's processes, else what the worker tells; strangers are counted", async () => {
    const executor = open();
    const session = await executor.open(net, config("whole"));
    expect(await session.usage()).toMatchObject({ memoryPeakBytes: 300e6, otherProcesses: 0 });
    const [worker] = [...shown().keys()];
    fake.set(0, {
      processes: [
        { pid: worker!, memory: 4e9, kind: 0 },
        { pid: process.pid, memory: 1e9, kind: 0 },
      ],
    });
    expect(await session.usage()).toMatchObject({ memoryPeakBytes: 4e9, otherProcesses: 1 });
    fake.set(0, { processes: [{ pid: worker!, memory: 2e9, kind: 0 }] });
    expect(await session.usage()).toMatchObject({ memoryPeakBytes: 4e9, otherProcesses: 0 });
    await session.close();
  });

  test("energy and telemetry are the card's", async () => {
    const executor = open([{ ...plainCard, period_us: 20_000, epoch_ns: process.hrtime.bigint() }]);
    const session = await executor.openIdle!();
    const began = executor.clock.now();
    const first = await session.usage();
    await session.run!(0.4);
    const then = await session.usage();
    const watts = (then.energyJoules! - first.energyJoules!) / (executor.clock.now() - began);
    expect(watts).toBeGreaterThan(60);
    const telemetry = await session.telemetry!(began, executor.clock.now());
    expect(telemetry!.power_w.length).toBeGreaterThan(2);
    expect(telemetry!.temperature_c).toContain(35);
    await session.close();
    await (await executor.openIdle!({ monitored: false })).close();
  });

  test("a power mode is set, read back, refused beside another, and put back at the end", async () => {
    const executor = open();
    const { device } = await executor.describe();
    const slow = powerModesOf(device).find(
      ({ powerCapWatts, gpuHertz }) => powerCapWatts === 400 && gpuHertz === 1.2e9,
    )!;
    await executor.admitMode!(slow.name);
    const session = await executor.open(net, config("whole", { powerMode: slow.name }));
    expect(fake.number(0, "limit_mw")).toBe(400_000);
    expect(fake.number(0, "locked_gpu_most_mhz")).toBe(1200);
    expect((await session.usage()).powerMode).toMatchObject({ powerCapWatts: 400, gpuHertz: 1.98e9 }); // the card ignores the lock
    await expect(executor.open(net, config("whole"))).rejects.toThrow(/a card has one mode at a time/);
    await session.close();
    await executor.close!();
    expect(fake.number(0, "limit_mw")).toBe(700_000);
    expect(fake.number(0, "locked_gpu_most_mhz")).toBe(0);
    expect(await pendingRestorations(join(folder, "restore"))).toEqual([]);
  });

  test("without rights a mode is refused before anything is measured, and the default is measured all the same", async () => {
    const executor = open();
    fake.setDriver({ privileged: 0 });
    const { device } = await executor.describe();
    const mode = powerModesOf(device).at(-1)!.name;
    await expect(executor.admitMode!(mode)).rejects.toThrow(/insufficient permission.*run as root/);
    await executor.admitMode!("default");
    const session = await executor.open(net, config("whole"));
    await session.run(1);
    await session.close();
    await executor.close!();
  });

  test("of a card with MIG, instances are measured and the whole is refused", async () => {
    const executor = open([migCard]);
    const { device } = await executor.describe();
    expect(device.defaultPartition).toEqual({ kind: "mig", profile: "3g.40gb" });
    await expect(executor.admit(parsePartition("whole"))).rejects.toThrow(/MIG is enabled/);
    const sessions = [await executor.open(net, config("mig:3g.40gb")), await executor.open(net, config("mig:1g.10gb"))];
    expect([...shown().values()].map((each) => each.CUDA_VISIBLE_DEVICES).sort()).toEqual(
      fakeMigH100.instances.map(({ uuid }) => uuid),
    );
    for (const session of sessions) await session.close();
  });

  test("a worker that is no client of its daemon is found out when it has run", async () => {
    const executor = open();
    const session = await executor.open(workload("net", "1", "stranger"), config("mps-share:0.5"));
    await session.run(1);
    await expect(session.usage()).rejects.toThrow(/do not use the card, or not through MPS/);
    await session.close();
  });

  test("a workload that cannot be started is refused with what the worker says", async () => {
    const bad = workload("bad", "1", "cannot-start", "PyTorch is missing: pip install torch");
    await expect(open().identify(bad)).rejects.toMatchObject({
      name: "InputError",
      message: expect.stringMatching(/workload "bad" cannot be started \(PyTorch is missing: pip install torch\)/),
    });
  });
});

describe.skipIf(noCompiler !== undefined)("a campaign on a card", () => {
  const protocol = { ...protocols.quick, rounds: 1, budgetSeconds: 0.1, warmupSeconds: 0, warmupBudgetSeconds: 0.2 };

  async function campaign(executor: Executor, workloads: readonly Workload[], partitions: readonly string[]) {
    const { device } = await executor.describe();
    const sink = memorySink();
    const space = buildSpace(device, { workloads, partitions: partitions.map(parsePartition) });
    return { sink, run: profile(executor, space, protocol, sink) };
  }

  test("memory that does not suffice is a result, a crash a failure, and the rest is measured", async () => {
    const large = workload("large", "1", "too-large", "2");
    const crashing = { ...workload("crashing", "1", "crash", "3"), batches: [1] };
    const { run } = await campaign(open(), [large, crashing], ["whole"]);
    const { profile: made } = await run;
    const outcomes = made!.measurements
      .filter(({ baseline }) => !baseline)
      .map(({ point: { config: each }, outcome }) => `${each.workload} ${each.batch} ${outcome.kind}`);
    expect(outcomes.sort()).toEqual(["crashing 1 failed", "large 1 measured", "large 2 infeasible"]);
    const infeasible = made!.measurements.find(({ outcome }) => outcome.kind === "infeasible");
    expect(infeasible!.outcome).toMatchObject({ reason: "CUDA out of memory at a batch of 2" });
  });

  test("a card that is lost ends it: what was measured stays, the rest is not tried, and the reason is told", async () => {
    const executor = open();
    const { sink, run } = await campaign(executor, [net], ["whole", "green-context:16", "green-context:32"]);
    const end = run.catch((error: unknown) => error);
    const done = () => sink.entries.filter(({ type }) => type === "done").length;
    await expect.poll(done, { timeout: 20_000 }).toBeGreaterThan(1);
    fake.set(0, { lost: 1 });
    expect(await end).toMatchObject({ name: "CardLost", message: expect.stringMatching(/fallen off the bus/) });
    const outcomes = sink.saved!.measurements.map(({ outcome }) => outcome.kind);
    expect(outcomes.filter((kind) => kind === "measured")).toHaveLength(done());
    expect(outcomes.filter((kind) => kind === "failed").length).toBeLessThanOrEqual(1);
    expect(outcomes.length).toBeLessThan(8);
    expect(sink.entries.at(-1)).toMatchObject({ type: "aborted", reason: expect.stringMatching(/fallen off the bus/) });
    await executor.close!().catch(() => {});
  });
});
