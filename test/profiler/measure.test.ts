import {
  type Executor,
  memorySink,
  profile,
  type Session,
  syntheticDevice,
  syntheticExecutor,
} from "@partitune/profiler";
import type { Config, Protocol } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { type MeasureContext, measure, type Observation } from "../../packages/profiler/src/measure.ts";
import { share, shortProtocol, smallSpace, syntheticWorkload } from "./fixtures/syntheticCampaign.ts";

const whole: Config = { workload: "a", powerMode: "default", partition: { kind: "whole" }, batch: 1 };
const steadyNoise = { outliers: { probability: 0, factor: 1 } };

/** Measures batches of one request: 5 ms each, but for the noise. */
async function observe(protocol: Partial<Protocol>, noise = 0.02, context: Partial<MeasureContext> = {}) {
  const executor = syntheticExecutor(steadyNoise);
  const session = await executor.open(syntheticWorkload("a", { noise }), whole);
  return measure(session, 1, contextOf(executor, { ...shortProtocol, ...protocol }, context));
}

function contextOf(executor: Executor, protocol: Protocol, context: Partial<MeasureContext>): MeasureContext {
  const signal = new AbortController().signal;
  return { clock: executor.clock, protocol, signal, check() {}, onPhase() {}, ...context };
}

function measuredOf({ runs, warmup }: Observation): number {
  return runs.length - warmup;
}

function windowOf({ runs, warmup }: Observation): number {
  return runs.at(-1)!.end - runs[warmup]!.start;
}

describe("warm-up", () => {
  test("takes at least the time and the batches asked for", async () => {
    const { runs, warmup, steady } = await observe({ warmupSeconds: 0.2, warmupIterations: 20 });
    expect(steady).toBe(true);
    expect(runs[warmup]!.start - runs[0]!.start).toBeGreaterThanOrEqual(0.2);
    expect((await observe({ warmupSeconds: 0, warmupIterations: 50 })).warmup).toBeGreaterThanOrEqual(50);
  });

  test("goes on until the state is steady", async () => {
    const executor = syntheticExecutor(steadyNoise);
    const session = await executor.open(syntheticWorkload("a"), whole);
    const protocol = { ...shortProtocol, warmupBudgetSeconds: 60 };
    const observation = await measure(slowAtFirst(session, 30), 1, contextOf(executor, protocol, {}));
    expect(observation.steady).toBe(true);
    expect(observation.warmup).toBeGreaterThan(30);
  });

  test("gives up after its budget, and says so", async () => {
    const executor = syntheticExecutor(steadyNoise);
    const session = await executor.open(syntheticWorkload("a"), whole);
    const observation = await measure(slowAtFirst(session, 1e9), 1, contextOf(executor, shortProtocol, {}));
    expect(observation.steady).toBe(false);
    const spent = observation.runs[observation.warmup]!.start - observation.runs[0]!.start;
    expect(spent).toBeGreaterThanOrEqual(shortProtocol.warmupBudgetSeconds);
    expect(spent).toBeLessThan(shortProtocol.warmupBudgetSeconds + 0.1);
  });
});

describe("measuring", () => {
  test("ends when the interval is narrow enough, not before the least number of batches", async () => {
    const precise = await observe({ minimumSamples: 8, targetPrecision: 0.05 });
    expect(precise.stoppedBy).toBe("precision");
    expect(measuredOf(precise)).toBe(8);
    expect(measuredOf(await observe({ minimumSamples: 31, targetPrecision: 0.05 }))).toBe(31);
  });

  test("looks at the interval on a growing schedule only", async () => {
    const observation = await observe({ minimumSamples: 8, targetPrecision: 0.005, budgetSeconds: 60 });
    expect(observation.stoppedBy).toBe("precision");
    expect([8, 12, 18, 27, 41, 62, 93, 140, 210, 315, 473]).toContain(measuredOf(observation));
  });

  test("ends when the budget is spent", async () => {
    const observation = await observe({ targetPrecision: 1e-6, budgetSeconds: 0.4 });
    expect(observation.stoppedBy).toBe("budget");
    expect(windowOf(observation)).toBeGreaterThanOrEqual(0.4);
    expect(windowOf(observation)).toBeLessThan(0.42);
  });

  test("overruns the budget for the least number of batches, but no more than tenfold", async () => {
    expect(measuredOf(await observe({ minimumSamples: 8, budgetSeconds: 0.01, targetPrecision: 1e-6 }))).toBe(8);
    const tenfold = await observe({ minimumSamples: 1000, budgetSeconds: 0.01, targetPrecision: 1e-6 });
    expect(windowOf(tenfold)).toBeGreaterThanOrEqual(0.1);
    expect(windowOf(tenfold)).toBeLessThan(0.11);
  });

  test("overruns the budget up to threefold while correlated batches are worth fewer than the least number", async () => {
    const executor = syntheticExecutor(steadyNoise);
    const inner = await executor.open(syntheticWorkload("a"), whole);
    let count = 0;
    const session: Session = {
      ...inner,
      mechanism: inner.mechanism,
      usage: inner.usage.bind(inner),
      async run(batch) {
        const run = await inner.run(batch);
        count += 1;
        return { ...run, service: run.service * (1 + 0.5 * Math.sin(count / 10)) };
      },
    };
    const protocol = { ...shortProtocol, budgetSeconds: 0.1, targetPrecision: 1e-6 };
    const observation = await measure(session, 1, contextOf(executor, protocol, {}));
    expect(windowOf(observation)).toBeGreaterThanOrEqual(0.3);
    expect(windowOf(observation)).toBeLessThan(0.31);
  });

  test("measures at least one batch, however long it takes", async () => {
    expect(measuredOf(await observe({ minimumSamples: 8, budgetSeconds: 1e-9, warmupBudgetSeconds: 1e-9 }))).toBe(1);
  });

  test("keeps what there is when it is ended", async () => {
    const controller = new AbortController();
    const signal = controller.signal;
    let runs = 0;
    const check = () => {
      runs += 1;
      if (runs === 60) controller.abort();
    };
    const observation = await observe({ targetPrecision: 1e-6, warmupBudgetSeconds: 0.1 }, 0.02, { signal, check });
    expect(observation).toMatchObject({ stoppedBy: "aborted", usage: null });
    expect(observation.runs.length).toBe(60);
  });
});

test("a noiseless device gives the formula's values exactly", async () => {
  const sink = memorySink();
  const workloads = [syntheticWorkload("a", { noise: 0 }, [1, 4])];
  const space = smallSpace({ workloads, partitions: [share(0.25), { kind: "core-set", cores: [1, 2] }] });
  await profile(syntheticExecutor(), space, shortProtocol, sink);
  const rows = sink.saved!.measurements.filter((row) => !row.baseline);
  expect(rows.length).toBe(4);
  for (const { point, outcome } of rows) {
    const { partition, batch } = point.config;
    const fraction = partition.kind === "cpu-share" ? partition.share : 2 / syntheticDevice.cores;
    const seconds = (0.002 + 0.003 * batch) * (0.1 + 0.9 / fraction);
    const results = outcome.kind === "measured" ? outcome.results : undefined;
    expect(results!.latency.p50!.value).toBeCloseTo(seconds, 6);
    expect(results!.latency.p50!.low).toBeCloseTo(seconds, 6);
    expect(results!.throughputPerSecond).toBeCloseTo(batch / seconds, 1);
    expect(results!.cpuSeconds).toBeCloseTo(seconds * fraction * syntheticDevice.cores, 6);
    expect(results!.powerMeanWatts).toBeCloseTo(10 + 50 * fraction, 3);
  }
});

/** Batches take longer at first, and longer still the earlier they are. */
function slowAtFirst(inner: Session, batches: number): Session {
  let count = 0;
  return {
    mechanism: inner.mechanism,
    usage: inner.usage.bind(inner),
    close: inner.close.bind(inner),
    async run(batch) {
      const run = await inner.run(batch);
      const factor = 1 + Math.max(0, 1 - count / batches) * 0.5 + (batches > 1e6 ? 0.5 * Math.sin(count / 3) : 0);
      count += 1;
      return { ...run, service: run.service * factor };
    },
  };
}
