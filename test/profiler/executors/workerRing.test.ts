import { join } from "node:path";
import type { Run } from "@partitune/profiler";
import { afterEach, describe, expect, test } from "vitest";
import { BatchPatience } from "../../../packages/profiler/src/executors/batchPatience.ts";
import { startWorker, type WorkerProcess } from "../../../packages/profiler/src/executors/workerProcess.ts";
import { WorkerRing } from "../../../packages/profiler/src/executors/workerRing.ts";
import { monotonicSeconds } from "../../../packages/profiler/src/meters/monotonicSeconds.ts";

const script = join(import.meta.dirname, "../fixtures/cardWorker.mjs");
const rings: WorkerRing[] = [];
afterEach(async () => {
  for (const ring of rings.splice(0)) await ring.close();
});

async function ringOf(workers: readonly (readonly string[])[], patience?: BatchPatience): Promise<WorkerRing> {
  const started: Promise<WorkerProcess>[] = workers.map((args) => startWorker({ argv: ["node", script, ...args] }));
  const ring = new WorkerRing(await Promise.all(started), patience);
  rings.push(ring);
  return ring;
}

describe("workers that are kept busy", () => {
  test("one worker runs what it is asked to, and tells its time on the device", async () => {
    const ring = await ringOf([["3"]]);
    const run = await ring.run(1);
    expect(run.process).toBeUndefined();
    expect(run.end).toBeGreaterThan(run.start);
    expect(run.device).toBeCloseTo(run.service / 2, 9);
  });

  test("batches of several workers overlap, and each run says whose it was", async () => {
    const ring = await ringOf([["20"], ["20"]]);
    const runs: Run[] = [];
    for (let i = 0; i < 10; i++) runs.push(await ring.run(1));
    expect(new Set(runs.map(({ process }) => process))).toEqual(new Set([0, 1]));
    const overlapping = runs.filter((run) =>
      runs.some((other) => other.process !== run.process && other.start < run.end && run.start < other.end),
    );
    expect(overlapping.length).toBeGreaterThanOrEqual(8);
    for (const process of [0, 1]) {
      const own = runs.filter((run) => run.process === process);
      for (const [i, { start }] of own.entries()) if (i > 0) expect(start).toBeGreaterThanOrEqual(own[i - 1]!.end);
    }
  });

  test("after a pause nothing counts that ran while others rested", async () => {
    const ring = await ringOf([["5"], ["5"]]);
    await ring.run(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const asked = monotonicSeconds();
    const run = await ring.run(1);
    expect(run.start).toBeGreaterThanOrEqual(asked);
  });

  test("statistics are asked for between batches", async () => {
    const ring = await ringOf([["5"], ["5"]]);
    await ring.run(1);
    expect((await ring.stats()).map(({ deviceMemoryPeakBytes }) => deviceMemoryPeakBytes)).toEqual([300e6, 300e6]);
    expect((await ring.run(2)).service).toBeGreaterThan(0);
  });

  test("a worker that fails fails whoever asks, now and later", async () => {
    const ring = await ringOf([["2"], ["2", "crash", "1"]]);
    const ask = async () => {
      for (let i = 0; i < 20; i++) await ring.run(1);
    };
    await expect(ask()).rejects.toMatchObject({ code: "crashed", message: expect.stringContaining("launch failure") });
    await expect(ring.run(1)).rejects.toMatchObject({ code: "crashed" });
  });

  test("a worker that hangs is a failure after its patience, and is killed", async () => {
    const ring = await ringOf([["2", "hang", "0"]], new BatchPatience(0.3));
    await expect(ring.run(1)).rejects.toMatchObject({ code: "hung", message: expect.stringContaining("0.3 s") });
    const { pid } = ring.workers[0]!;
    await ring.close();
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  });

  test("patience follows the longest batch of its size", () => {
    const patience = new BatchPatience(600);
    expect(patience.of(4)).toBe(600);
    patience.learn(4, 0.5);
    patience.learn(4, 0.1);
    expect([patience.of(4), patience.of(8)]).toEqual([20, 600]);
  });
});
