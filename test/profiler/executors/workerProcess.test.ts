import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { WorkerFailure } from "../../../packages/profiler/src/executor.ts";
import {
  startWorker,
  type WorkerLaunch,
  type WorkerPatience,
  type WorkerProcess,
} from "../../../packages/profiler/src/executors/workerProcess.ts";
import { monotonicSeconds } from "../../../packages/profiler/src/meters/index.ts";

const patience: WorkerPatience = { readySeconds: 20, stopSeconds: 0.2 };
const started: WorkerProcess[] = [];
afterEach(async () => {
  for (const worker of started.splice(0)) await worker.close();
});

function faulty(...args: readonly string[]): WorkerLaunch {
  return { argv: [process.execPath, fileURLToPath(new URL("../fixtures/faultyWorker.mjs", import.meta.url)), ...args] };
}

async function start(launch: WorkerLaunch, wait: WorkerPatience = patience): Promise<WorkerProcess> {
  const worker = await startWorker(launch, wait);
  started.push(worker);
  return worker;
}

async function failureOf(promise: Promise<unknown>): Promise<WorkerFailure> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(WorkerFailure);
  return error as WorkerFailure;
}

describe("a worker that behaves", () => {
  test("runs batches, tells what it has used, and stops when asked", async () => {
    const worker = await start(faulty("behave"));
    expect(worker.ready.engine).toBe("faulty");
    const before = monotonicSeconds();
    const run = await worker.run(4, 5);
    expect(run).toMatchObject({ service: 0.25, cpu: null });
    expect(run.start).toBeGreaterThanOrEqual(before);
    expect(run.end).toBeGreaterThan(run.start);
    expect(await worker.stats(5)).toEqual({ cpuSeconds: 1.5, memoryPeakBytes: null });
    await worker.close();
    expect(isRunning(worker.pid)).toBe(false);
    await worker.close();
  });

  test("may deliver its answer byte by byte", async () => {
    const worker = await start(faulty("pieces"));
    expect(await worker.run(1, 5)).toMatchObject({ service: 0.25, cpu: 0.5 });
  });

  test("leads a process group of its own, so that Ctrl-C in the terminal does not reach it", async () => {
    const worker = await start(faulty("behave"));
    const group = readFileSync(`/proc/${worker.pid}/stat`, "utf8").split(") ")[1]!.split(" ")[2];
    expect(Number(group)).toBe(worker.pid);
  });

  test("gets its environment and its directory", async () => {
    const script =
      'echo "{\\"type\\":\\"ready\\",\\"protocol\\":1,\\"engine\\":\\"$NAME in $PWD\\",\\"pid\\":1}"; read line';
    const worker = await start({ argv: ["sh", "-c", script], environment: { NAME: "mine" }, directory: "/" });
    expect(worker.ready.engine).toBe("mine in /");
  });
});

describe("a worker that does not start", () => {
  test.each([
    [["exit-before-ready"], "crashed", /exit code 3 while getting ready/],
    [["other-protocol"], "garbage", /version 99 of the line protocol/],
    [["refuses-to-start"], "failed", /^no such model$/],
    [["too-large-to-start"], "out-of-memory", /^no room$/],
  ] as const)("%s: %s", async (args, code, words) => {
    const failure = await failureOf(start(faulty(...args)));
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(words);
  });

  test("because there is no such program", async () => {
    const failure = await failureOf(start({ argv: ["/no/such/program"] }));
    expect(failure).toMatchObject({
      code: "failed",
      message: expect.stringContaining('"/no/such/program" cannot be started'),
    });
  });

  test("in time is given up, and is no longer running", async () => {
    const failure = await failureOf(start(faulty("slow-start", "60000"), { readySeconds: 0.5, stopSeconds: 0.2 }));
    expect(failure).toMatchObject({ code: "hung", message: expect.stringContaining("0.5 s while getting ready") });
  });

  test("at once is waited for", async () => {
    const worker = await start(faulty("slow-start", "300"));
    expect((await worker.run(1, 5)).service).toBe(0.25);
  });
});

describe("a worker that fails while it runs a batch", () => {
  test.each([
    [
      "crash",
      "crashed",
      /exit code 139 while running a batch of 2; its last words: "first words \| Segmentation fault/,
    ],
    ["abort", "crashed", /SIGABRT/],
    ["kill-9", "out-of-memory", /SIGKILL.*memory runs out/],
    ["exit-137", "out-of-memory", /exit code 137/],
    ["heap-exhausted", "out-of-memory", /heap out of memory/],
    ["garbage", "garbage", /"Loading weights… 100 %" .*no message of the line protocol/],
    ["long-garbage", "garbage", /^worker wrote "x{200}" to/],
    ["half-message", "garbage", /no message of the line protocol/],
    ["wrong-id", "garbage", /out of turn/],
  ] as const)("%s is reported as %s", async (fault, code, words) => {
    const worker = await start(faulty(fault));
    const failure = await failureOf(worker.run(2, 10));
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(words);
    expect(await failureOf(worker.run(2, 10))).toBe(failure);
  });

  test("by hanging is given up after the time-out, and killed on closing", async () => {
    const worker = await start(faulty("hang"));
    expect(await failureOf(worker.run(1, 0.2))).toMatchObject({ code: "hung" });
    await worker.close();
    expect(isRunning(worker.pid)).toBe(false);
  });

  test("by speaking without being asked is found out at the next request", async () => {
    const worker = await start(faulty("chatty"));
    await worker.run(1, 5);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await failureOf(worker.run(1, 5))).toMatchObject({
      code: "garbage",
      message: expect.stringContaining("without being asked"),
    });
  });

  test("only because of the batch size goes on with others", async () => {
    const worker = await start(faulty("bad-batch"));
    expect(await failureOf(worker.run(1, 5))).toMatchObject({ code: "bad-batch", message: "only batch 4" });
    expect((await worker.stats(5)).cpuSeconds).toBe(1.5);
  });
});

describe("closing", () => {
  test("kills a worker that does not stop when asked", async () => {
    const worker = await start(faulty("stubborn"));
    await worker.close();
    expect(isRunning(worker.pid)).toBe(false);
  });

  test("ends what the worker has started", async () => {
    const worker = await start(faulty("with-child"));
    const child = Number(worker.ready.engine);
    expect(isRunning(child)).toBe(true);
    await worker.close();
    await expect.poll(() => isRunning(child)).toBe(false);
  });
});

describe("pacing", () => {
  test("is refused when the worker says nothing of it", async () => {
    const failure = await failureOf(start({ ...faulty("behave"), environment: { PARTITUNE_PACE: "0.5" } }));
    expect(failure).toMatchObject({ code: "failed", message: expect.stringContaining("asked to keep to 0.5 cores") });
  });

  test("is accepted when it says so", async () => {
    const worker = await start({ ...faulty("behave", "0.5"), environment: { PARTITUNE_PACE: "0.5" } });
    expect(worker.ready.pace).toBe(0.5);
  });
});

describe("a worker that is to run on a card", () => {
  test("is refused when it says that it runs on the processor", async () => {
    const failure = await failureOf(start({ ...faulty("on-device", "cpu"), device: "cuda" }));
    expect(failure).toMatchObject({
      code: "failed",
      message: 'worker does not run on the card: it says "faulty"; install an engine for cards',
    });
  });

  test("is accepted when it says that it does, or nothing of it", async () => {
    expect((await start({ ...faulty("on-device", "cuda"), device: "cuda" })).ready.device).toBe("cuda");
    expect((await start({ ...faulty("behave"), device: "cuda" })).ready.device).toBeUndefined();
  });

  test("may run on either where nothing is asked", async () => {
    expect((await start(faulty("on-device", "cpu"))).ready.device).toBe("cpu");
  });
});

test("the Python worker in PROTOCOL.md speaks the protocol", async (context) => {
  const python = findPython();
  if (python === undefined) return context.skip("python3 is not installed");
  const document = readFileSync(new URL("../../../packages/profiler/PROTOCOL.md", import.meta.url), "utf8");
  const source = /```python\n(?<source>.*?)```/s.exec(document)!.groups!.source!;
  expect(source.trim().split("\n").length).toBeLessThanOrEqual(20);
  const worker = await start({ argv: [python, "-c", source] });
  const run = await worker.run(8, 10);
  expect(run.service).toBeGreaterThan(0);
  expect(run.cpu).toBeGreaterThan(0);
  expect((await worker.stats(5)).memoryPeakBytes).toBeNull();
  await worker.close();
  expect(isRunning(worker.pid)).toBe(false);
});

function findPython(): string | undefined {
  try {
    execFileSync("python3", ["--version"], { stdio: "ignore" });
    return "python3";
  } catch {
    return undefined;
  }
}

/** A zombie that nobody has waited for yet is not running. */
function isRunning(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
