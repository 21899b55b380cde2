import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Batcher, type BatcherOptions, type WaitingRequest } from "../../../packages/profiler/src/live/batcher.ts";

const now = () => Date.now() / 1e3;

/** An engine that takes a second for each batch, on the fake clock, and remembers the sizes. */
function slowEngine(failAt = Number.POSITIVE_INFINITY) {
  const sizes: number[] = [];
  const run = (size: number) =>
    new Promise<number>((resolve, reject) => {
      sizes.push(size);
      setTimeout(() => (sizes.length > failAt ? reject(new Error("engine died")) : resolve(0.9)), 1_000);
    });
  return { sizes, run };
}

/** Requests that write down what became of them. */
function requests(count: number, said: string[], isAbandoned = () => false): readonly WaitingRequest[] {
  return Array.from({ length: count }, (_, i) => ({
    arrived: now(),
    answer: ({ queueSeconds, serviceSeconds, batch }) =>
      said.push(`${i}: ${queueSeconds} s + ${serviceSeconds} s in ${batch}`),
    refuse: (reason) => said.push(`${i}: ${reason}`),
    isAbandoned,
  }));
}

function batcherOf(engine: { run(size: number): Promise<number> }, options: Partial<BatcherOptions> = {}): Batcher {
  return new Batcher(engine, { batch: 4, maxDelaySeconds: 0, maxWaiting: 100, now, onFailure: () => {}, ...options });
}

describe("Batcher", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("gives a free engine what waits, up to the largest batch, in the order of arrival", async () => {
    const engine = slowEngine();
    const said: string[] = [];
    const batcher = batcherOf(engine);
    batcher.submit(requests(1, said));
    batcher.submit(requests(6, said));
    await vi.runAllTimersAsync();
    expect(engine.sizes).toEqual([1, 4, 2]);
    expect(said).toEqual([
      "0: 0 s + 0.9 s in 1",
      ...[0, 1, 2, 3].map((i) => `${i}: 1 s + 0.9 s in 4`),
      ...[4, 5].map((i) => `${i}: 2 s + 0.9 s in 2`),
    ]);
  });

  it("puts requests that came together into one batch", async () => {
    const engine = slowEngine();
    batcherOf(engine).submit(requests(3, []));
    await vi.runAllTimersAsync();
    expect(engine.sizes).toEqual([3]);
  });

  it("holds a free engine for a full batch, no longer than asked", async () => {
    const engine = slowEngine();
    const batcher = batcherOf(engine, { maxDelaySeconds: 0.5 });
    batcher.submit(requests(1, []));
    await vi.advanceTimersByTimeAsync(499);
    expect(engine.sizes).toEqual([]);
    batcher.submit(requests(1, []));
    await vi.advanceTimersByTimeAsync(1);
    expect(engine.sizes).toEqual([2]);
    await vi.runAllTimersAsync();
    batcher.submit(requests(4, []));
    expect(engine.sizes).toEqual([2, 4]);
  });

  it("does not run requests that nobody wants any more", async () => {
    const engine = slowEngine();
    const said: string[] = [];
    const batcher = batcherOf(engine);
    batcher.submit(requests(1, said));
    batcher.submit(requests(2, said, () => true));
    await vi.runAllTimersAsync();
    expect(engine.sizes).toEqual([1]);
    expect(said).toHaveLength(1);
    expect(batcher.status()).toEqual({ waiting: 0, running: 0, served: 1, busySeconds: 1 });
  });

  it("refuses requests beyond those that may wait", async () => {
    const said: string[] = [];
    const batcher = batcherOf(slowEngine(), { maxWaiting: 2, batch: 1 });
    batcher.submit(requests(1, said));
    batcher.submit(requests(3, said));
    expect(said).toEqual(["2: too many requests wait"]);
  });

  it("answers what it has accepted before it has drained, and refuses what comes later", async () => {
    const engine = slowEngine();
    const said: string[] = [];
    const batcher = batcherOf(engine, { maxDelaySeconds: 30, batch: 2 });
    batcher.submit(requests(3, said));
    const drained = batcher.drain().then(() => said.push("drained"));
    batcher.submit(requests(1, said));
    await vi.advanceTimersByTimeAsync(2_000);
    await drained;
    expect(engine.sizes).toEqual([2, 1]);
    expect(said[0]).toBe("0: the server is stopping");
    expect(said.at(-1)).toBe("drained");
    expect(said).toHaveLength(5);
  });

  it("refuses all requests when the engine fails, and says so once", async () => {
    const said: string[] = [];
    const batcher = batcherOf(slowEngine(0), { batch: 2, onFailure: (reason) => said.push(`failed: ${reason}`) });
    batcher.submit(requests(3, said));
    await vi.runAllTimersAsync();
    batcher.submit(requests(1, said));
    await batcher.drain();
    expect(said).toEqual([
      "0: engine died",
      "1: engine died",
      "2: engine died",
      "failed: engine died",
      "0: engine died",
    ]);
  });
});
