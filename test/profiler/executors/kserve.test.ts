import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import {
  buildSpace,
  type Executor,
  executors,
  kserveExecutor,
  memorySink,
  profile,
  type Run,
  type Session,
} from "@partitune/profiler";
import type { Config, Load, Measurement, Protocol, Workload } from "@partitune/schema";
import { afterEach, describe, expect, test } from "vitest";
import { monotonicSeconds } from "../../../packages/profiler/src/meters/index.ts";
import { type Behaviour, echo, fourNumbers, type ModelOfServer } from "../fixtures/kserve/servedModels.ts";
import { type ServerOptions, startServer, type TestServer } from "../fixtures/kserve/startServer.ts";
import { temporaryFolder } from "../fixtures/temporaryFolder.ts";

const program = fileURLToPath(new URL("../fixtures/kserve/loadForever.ts", import.meta.url));
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

/** For faults; what works has all the time that a busy machine needs. */
const hasty = { timeoutSeconds: 0.15, silenceSeconds: 0.2 };
const patience = { timeoutSeconds: 10, silenceSeconds: 10 };
const protocol: Protocol = {
  version: 1,
  rounds: 1,
  warmupIterations: 3,
  warmupSeconds: 0,
  warmupBudgetSeconds: 0.1,
  minimumSamples: 20,
  budgetSeconds: 0.2,
  targetQuantile: 0.5,
  targetPrecision: 0.5,
  confidence: 0.99,
};
const poisson: Load = { kind: "poisson", ratePerSecond: 200 };

async function serve(
  models: Readonly<Record<string, ModelOfServer>>,
  more: Partial<ServerOptions> = {},
): Promise<TestServer> {
  const server = await startServer({ models, ...more });
  open.push(server);
  return server;
}

function workloadAt(
  url: string,
  model = "m",
  batches: readonly number[] = [1],
  more: Partial<Extract<Workload["engine"], { engine: "kserve" }>> = {},
): Workload {
  return { name: model, task: "inference", engine: { engine: "kserve", url, model, ...more }, batches };
}

function configOf(workload: Workload, batch = 1): Config {
  return { workload: workload.name, powerMode: "default", partition: { kind: "whole" }, batch };
}

async function sessionAt(url: string, load?: Load, seed = "seed"): Promise<Session> {
  const session = await kserveExecutor({ url, seed, patience }).open(workloadAt(url), configOf(workloadAt(url)), load);
  open.push(session);
  return session;
}

async function take(session: Session, count: number, batch = 1): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for (let i = 0; i < count; i++) runs.push(await session.run(batch));
  return runs;
}

/** Rows that are no baselines. */
async function measured(
  executor: Executor,
  workloads: readonly Workload[],
  loads: readonly Load[],
): Promise<readonly Measurement[]> {
  const space = buildSpace((await executor.describe()).device, { workloads, partitions: [{ kind: "whole" }], loads });
  const { profile: found } = await profile(executor, space, protocol, memorySink());
  return found!.measurements.filter(({ baseline }) => !baseline);
}

function behaving(...behaviour: readonly Behaviour[]): ModelOfServer {
  return { ...fourNumbers, behaviour };
}

describe("the executor", () => {
  test("describes the server, and what makes measurements of it comparable", async () => {
    const { url } = await serve({ m: { ...echo(), versions: ["3"] } }, { name: "triton", version: "2.60.0" });
    const executor = executors.kserve({ workloads: [workloadAt(url)] });
    const { device, environment } = await executor.describe();
    expect(device).toMatchObject({
      name: `triton 2.60.0 at ${url}`,
      kind: "server",
      powerModes: [{ name: "default" }],
      synthetic: false,
    });
    expect(environment).toMatchObject({
      ...{ executor: "kserve", server: "triton 2.60.0", tensors: "binary", "model m": "test, versions 3" },
      extensions: "binary_tensor_data, model_configuration, statistics",
    });
  });

  test("needs a model that says where its server is", () => {
    expect(() => executors.kserve({ workloads: [] })).toThrow('executor "kserve" was given no model of a server');
  });

  test("knows a model by what the server describes: another version is another workload", async () => {
    const { url } = await serve({ m: { ...echo(), versions: ["1"] } });
    const { url: newer } = await serve({ m: { ...echo(), versions: ["2"] } });
    const identityAt = (at: string) => kserveExecutor({ url: at }).identify(workloadAt(at));
    expect(await identityAt(url)).toBe(await identityAt(url));
    expect(await identityAt(url)).not.toBe(await identityAt(newer));
  });

  test.each([
    [
      "another server",
      (url: string) => workloadAt(url.replace("127.0.0.1", "localhost")),
      /is served at http:\/\/localhost:\d+, and this campaign measures http:\/\/127/,
    ],
    [
      "a model that is not there",
      (url: string) => workloadAt(url, "other"),
      /the server cannot be measured .*unknown model: 'other'/,
    ],
    [
      "training",
      (url: string) => ({ ...workloadAt(url), task: "training" as const }),
      'workload "m" is for training, and a server answers requests',
    ],
    [
      "open sizes",
      (url: string) => workloadAt(url, "text"),
      /input "tokens" \[batch, \?\] of model "text" leaves dimensions open/,
    ],
  ])("refuses %s before anything is measured", async (_what, workloadOf, message) => {
    const text = {
      inputs: [{ name: "tokens", datatype: "INT64", shape: [-1, -1] }],
      outputs: [],
      behaviour: [{ kind: "answer" }],
    } as const;
    const { url } = await serve({ m: echo(), text });
    await expect(kserveExecutor({ url }).identify(workloadOf(url))).rejects.toThrow(message);
  });

  test("takes sizes that a model leaves open", async () => {
    const text: ModelOfServer = {
      inputs: [{ name: "tokens", datatype: "INT64", shape: [-1, -1] }],
      outputs: [{ name: "y", datatype: "INT64", shape: [-1, 8] }],
      behaviour: [{ kind: "answer" }],
    };
    const { url } = await serve({ text });
    const [first] = await measured(
      kserveExecutor({ url }),
      [workloadAt(url, "text", [2], { shapes: { tokens: [8] } })],
      [{ kind: "closed", inFlight: 1 }],
    );
    expect(first!.outcome.kind).toBe("measured");
  });

  test("says that nothing answers", async () => {
    const { url, close } = await serve({ m: echo() });
    await close();
    await expect(kserveExecutor({ url }).describe()).rejects.toThrow(
      /the server cannot be measured \(nothing answers at .*; see that it runs/,
    );
  });

  test("refuses pieces of a server: it decides itself what its models run on", async () => {
    const { url } = await serve({ m: echo() });
    const executor = kserveExecutor({ url });
    await expect(executor.admit({ kind: "mps-share", share: 0.5 })).rejects.toThrow(
      "the server decides what its models run on",
    );
    const { device } = await executor.describe();
    const space = buildSpace(device, { workloads: [workloadAt(url)], partitions: [{ kind: "cpu-share", share: 0.5 }] });
    await expect(profile(executor, space, protocol, memorySink())).rejects.toThrow(
      'partition "cpu-share:0.5" cannot be set: the server decides',
    );
  });

  test("measures what a round trip costs", async () => {
    const { url } = await serve({ m: echo() });
    const session = await kserveExecutor({ url }).openNull();
    open.push(session);
    const [run] = await take(session, 1);
    expect(run).toMatchObject({ service: 0 });
    expect(run!.end).toBeGreaterThan(run!.start);
    expect(await session.usage()).toMatchObject({
      energyJoules: null,
      reasons: { energyJoules: "a server does not tell its energy" },
    });
  });
});

describe("loads", () => {
  test("one batch in flight is sent when it is asked for", async () => {
    const { url, requests } = await serve({ m: echo() });
    const session = await sessionAt(url);
    await take(session, 5);
    expect(requests()).toBe(5);
  });

  test("of k in flight keep k batches under way", async () => {
    const { url } = await serve({ m: echo(0.005, 1) });
    const session = await sessionAt(url, { kind: "closed", inFlight: 4 });
    const runs = (await take(session, 40)).slice(8);
    expect(new Set(runs.map(({ process }) => process))).toEqual(new Set([0, 1, 2, 3]));
    const span = runs.at(-1)!.end - Math.min(...runs.map(({ start }) => start));
    const underWay = runs.reduce((sum, { start, end }) => sum + end - start, 0) / span;
    expect(underWay).toBeGreaterThan(3);
    expect(underWay).toBeLessThanOrEqual(4);
    expect((await session.usage()).loopDelaySeconds).toBeGreaterThanOrEqual(0);
  });

  test("that are open come when they are intended, never before, and at the same times for the same seed", async () => {
    const { url } = await serve({ m: echo() });
    const timesOf = async (seed: string) => {
      const runs = await take(await sessionAt(url, poisson, seed), 60);
      expect(runs.every(({ start, intended }) => start >= intended!)).toBe(true);
      const times = runs.map(({ intended }) => intended!).sort((a, b) => a - b);
      return times.slice(0, 15).map((time) => time - times[0]!);
    };
    const first = await timesOf("a");
    const furthest = (times: readonly number[]) => Math.max(...times.map((time, i) => Math.abs(time - first[i]!)));
    expect(furthest(await timesOf("a"))).toBeLessThan(1e-5);
    expect(furthest(await timesOf("b"))).toBeGreaterThan(1e-3);
  });

  test("that are open do not wait for answers", async () => {
    const { url, arrivals } = await serve({ m: echo(0.1) });
    const session = await sessionAt(url, { kind: "periodic", ratePerSecond: 100 });
    const [first] = await take(session, 1);
    expect(first!.end - first!.intended!).toBeGreaterThan(0.09);
    expect(arrivals.filter((time) => time < first!.end).length).toBeGreaterThan(3);
  });

  test("of another batch size begin anew, and end with the session", async () => {
    const { url } = await serve({ m: echo() });
    const session = await sessionAt(url, poisson);
    await take(session, 5, 1);
    const asked = monotonicSeconds();
    const runs = await take(session, 5, 4);
    expect(runs.every(({ intended }) => intended! > asked)).toBe(true);
    await session.close();
    await expect(session.run(4)).rejects.toThrow("the load was ended");
  });

  test("begin when the server has worked off what came before", async () => {
    const { url, inHand } = await serve({ m: echo(0.01, 1) });
    const busy = await sessionAt(url, { kind: "periodic", ratePerSecond: 400 });
    await take(busy, 10);
    await busy.close();
    const left = inHand();
    expect(left).toBeGreaterThan(10);
    await take(await sessionAt(url, { kind: "closed", inFlight: 2 }), 1);
    expect(inHand()).toBeLessThanOrEqual(2);
  });
});

test("a load ends with the process that asked for it, even when that is killed", async () => {
  const { url, arrivals } = await serve({ m: echo() });
  const child = spawn(process.execPath, [program, url]);
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
  let sent = -1;
  while (sent !== arrivals.length) {
    sent = arrivals.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(sent).toBeGreaterThan(0);
});

describe("a campaign", () => {
  test("measures a model under every load, with what the server tells of queue and execution", async () => {
    const { url } = await serve({ m: echo(0.004, 1) });
    const loads: readonly Load[] = [
      { kind: "closed", inFlight: 1 },
      { kind: "closed", inFlight: 4 },
      { kind: "poisson", ratePerSecond: 50 },
    ];
    const rows = await measured(kserveExecutor({ url, patience }), [workloadAt(url, "m", [2])], loads);
    expect(rows).toHaveLength(3);
    for (const { outcome, point } of rows) {
      if (outcome.kind !== "measured") throw new Error(outcome.reason);
      const { serving, errorFraction, powerMeanWatts, nulls } = outcome.results;
      expect(errorFraction).toBe(0);
      expect(serving!.computeSeconds).toBeGreaterThan(0.0035);
      expect(serving!.offeredPerSecond === null).toBe(point.load.kind === "closed");
      expect(powerMeanWatts).toBeNull();
      expect(nulls.power_mean_w).toBe("a server does not tell its energy");
    }
    const queued = rows.find(({ point }) => point.load.kind === "closed" && point.load.inFlight === 4)!;
    if (queued.outcome.kind !== "measured") throw new Error(queued.outcome.reason);
    expect(queued.outcome.results.serving!.queueSeconds).toBeGreaterThan(0.004);
  });

  test("really runs a network behind the server", async () => {
    const network: ModelOfServer = {
      inputs: [{ name: "input", datatype: "FP32", shape: [-1, 3, 16, 16] }],
      outputs: [{ name: "logits", datatype: "FP32", shape: [-1, 10] }],
      behaviour: [{ kind: "onnx", network: "zoo:tiny@16", zooFolder: temporaryFolder() }],
    };
    const { url } = await serve({ m: network });
    const rows = await measured(
      kserveExecutor({ url }),
      [workloadAt(url, "m", [1, 4])],
      [{ kind: "closed", inFlight: 1 }],
    );
    expect(rows.map(({ outcome }) => (outcome.kind === "measured" ? outcome.kind : outcome.reason))).toEqual([
      "measured",
      "measured",
    ]);
  });

  test("takes batches that the server refuses, and memory that does not suffice, for results", async () => {
    const full = behaving({ kind: "refuse", status: 500, body: '{"error":"CUDA out of memory"}' });
    const { url } = await serve({ small: { ...echo(), largestBatch: 2 }, full });
    const rows = await measured(
      kserveExecutor({ url, patience }),
      [workloadAt(url, "small", [2, 4]), workloadAt(url, "full", [1])],
      [{ kind: "closed", inFlight: 1 }, poisson],
    );
    const outcomes = rows
      .map(({ point, outcome }) => `${point.config.workload} ${point.config.batch} ${outcome.kind}`)
      .sort();
    expect(outcomes).toEqual([
      "full 1 infeasible",
      "full 1 infeasible",
      "small 2 measured",
      "small 2 measured",
      "small 4 infeasible",
      "small 4 infeasible",
    ]);
  });

  test("counts batches that are refused now and then, and goes on", async () => {
    const refusal: Behaviour = { kind: "refuse", status: 503, body: '{"error":"queue is full"}' };
    const cycle = Array.from({ length: 400 }, (_, i): Behaviour => (i % 5 === 4 ? refusal : { kind: "answer" }));
    const { url } = await serve({ m: behaving(...cycle) });
    const session = await sessionAt(url);
    const runs = await take(session, 20);
    expect(runs.filter(({ outcome }) => outcome === "failed")).toHaveLength(4);
    expect(runs[4]!.problem).toBe('server answered 503 while running a batch of 1 on model "m": queue is full');
    const [row] = await measured(
      kserveExecutor({ url, patience }),
      [workloadAt(url)],
      [{ kind: "closed", inFlight: 1 }],
    );
    if (row!.outcome.kind !== "measured") throw new Error(row!.outcome.reason);
    expect(row!.flags).toContain("unanswered");
    expect(row!.outcome.results.errorFraction).toBeGreaterThan(0);
  });

  test("takes a stall for a batch that was given up, not for a crash", async () => {
    const { url } = await serve({
      m: behaving({ kind: "answer" }, { kind: "answer" }, { kind: "stall" }, { kind: "answer" }),
    });
    const patience = { timeoutSeconds: 0.5, silenceSeconds: 5 };
    const session = await kserveExecutor({ url, patience }).open(workloadAt(url), configOf(workloadAt(url)));
    open.push(session);
    const runs = await take(session, 6);
    expect(runs.map(({ outcome }) => outcome ?? "answered")).toEqual([
      "answered",
      "answered",
      "timed-out",
      "answered",
      "answered",
      "answered",
    ]);
    expect(runs[2]!.end - runs[2]!.start).toBeGreaterThanOrEqual(patience.timeoutSeconds);
  });

  test.each<[string, Behaviour, RegExp]>([
    [
      "stalls for good",
      { kind: "stall" },
      /gave no answer for 0\.05 s while running a batch of 1 on model "m"; 3 requests in a row had no answer/,
    ],
    [
      "talks nonsense",
      { kind: "garbage", body: "hello" },
      /server answered with "hello", which is no answer of the protocol/,
    ],
    [
      "refuses everything",
      { kind: "refuse", status: 503, body: '{"error":"full"}' },
      /server answered 503 .*: full; \d+ requests in a row/,
    ],
  ])("marks what is measured on a server that %s", async (_what, behaviour, reason) => {
    const { url } = await serve({ m: behaving(behaviour) });
    const rows = await measured(
      kserveExecutor({ url, patience: { timeoutSeconds: 0.05, silenceSeconds: 0.1 } }),
      [workloadAt(url)],
      [{ kind: "closed", inFlight: 1 }],
    );
    expect(rows[0]!.outcome).toMatchObject({ kind: "failed", reason: expect.stringMatching(reason) });
  });

  test("fails what runs on a server that dies, and goes on when it is back", async () => {
    const server = await serve({ m: echo() });
    const executor = kserveExecutor({ url: server.url, patience: hasty });
    const session = await executor.open(workloadAt(server.url), configOf(workloadAt(server.url)));
    open.push(session);
    await take(session, 3);
    await server.close();
    await expect(take(session, 100)).rejects.toThrow(/nothing answers at .* requests in a row had no answer/);
    await expect(executor.open(workloadAt(server.url), configOf(workloadAt(server.url)))).rejects.toThrow(
      "nothing answers",
    );
    open.push(await startServer({ models: { m: echo() }, port: server.port }));
    const again = await executor.open(workloadAt(server.url), configOf(workloadAt(server.url)));
    open.push(again);
    expect((await take(again, 3)).every(({ outcome }) => outcome === undefined)).toBe(true);
  });

  test("an open load goes on over a short death of its server, and counts what was lost", async () => {
    const server = await serve({ m: echo() });
    const executor = kserveExecutor({ url: server.url, patience: { timeoutSeconds: 5, silenceSeconds: 20 } });
    const session = await executor.open(workloadAt(server.url), configOf(workloadAt(server.url)), poisson);
    open.push(session);
    await take(session, 10);
    await server.close();
    const lost = async (): Promise<Run> => {
      const run = await session.run(1);
      return run.outcome === "failed" ? run : lost();
    };
    expect((await lost()).outcome).toBe("failed");
    open.push(await startServer({ models: { m: echo() }, port: server.port }));
    const back = async (): Promise<Run> => {
      const run = await session.run(1);
      return run.outcome === undefined ? run : back();
    };
    expect((await back()).end).toBeGreaterThan(0);
  });
});
