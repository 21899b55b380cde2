import { type Random, seededRandom } from "@partitune/numerics";
import type { Samples } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { type SummaryContext, summarise } from "../../packages/profiler/src/summarise.ts";
import { unknownUsage } from "../../packages/profiler/src/usageInWindow.ts";

const context: SummaryContext = {
  batch: 4,
  protocol: { confidence: 0.99, targetQuantile: 0.5 },
  stoppedBy: "precision",
  usage: unknownUsage("not asked for"),
};

/** Batches one after the other, each asked for when the last is done. */
function back(service: readonly number[], warmup = 0): Samples {
  const end_s: number[] = [];
  let now = 0;
  for (const time of service) {
    now += time;
    end_s.push(now);
  }
  return { warmup, start_s: end_s.map((end, i) => end - service[i]!), end_s, service_s: service };
}

/** The numbers 1 … n in an order without correlation: rank and value are the same. */
function ranks(n: number): readonly number[] {
  return seededRandom(`ranks ${n}`).shuffle(Array.from({ length: n }, (_, i) => i + 1));
}

describe("percentiles", () => {
  // Ranks of the 99 % interval: binomial distribution, as in R's qbinom; see numerics' quantileRanks.
  test.each([
    [30, "p50", 8, 23],
    [100, "p50", 37, 64],
    [1000, "p50", 459, 542],
    [1000, "p90", 875, 925],
    [1000, "p99", 981, 998],
    [5000, "p99", 4931, 4968],
  ] as const)("of %i independent samples: %s lies between ranks %i and %i", (n, name, low, high) => {
    expect(summarise(back(ranks(n)), context).latency[name]).toMatchObject({ low, high });
  });

  test.each([
    [50, { p50: true, p90: true, p95: false, p99: false, p999: false }],
    [43, { p50: true, p90: false, p95: false, p99: false, p999: false }],
    [459, { p50: true, p90: true, p95: true, p99: true, p999: false }],
    [458, { p50: true, p90: true, p95: true, p99: false, p999: false }],
    [6, { p50: false, p90: false, p95: false, p99: false, p999: false }],
  ])("of %i samples are absent below the least number, with the reason", (n, present) => {
    const { latency, nulls } = summarise(back(ranks(n)), context);
    for (const [name, there] of Object.entries(present)) {
      expect(latency[name as keyof typeof present] !== null).toBe(there);
      expect(`latency_${name}_s` in nulls).toBe(!there);
    }
  });

  test("say how many samples they would have needed", () => {
    expect(summarise(back(ranks(50)), context).nulls.latency_p99_s).toBe(
      "p99 needs at least 459 independent samples, got 50; measure longer",
    );
  });

  test("between the least number and a closed interval are open above or below", () => {
    expect(summarise(back(ranks(500)), context).latency.p99).toMatchObject({ high: null });
    expect(summarise(back(ranks(528)), context).latency.p99).toMatchObject({ high: 528 });
  });

  test("cover the true percentiles of a log-normal distribution as often as they claim", () => {
    const random = seededRandom("coverage");
    const truth = { p50: Math.exp(0), p90: Math.exp(0.2 * 1.2815515655446), p99: Math.exp(0.2 * 2.3263478740408) };
    const misses = { p50: 0, p90: 0, p99: 0 };
    const tables = 300;
    for (let table = 0; table < tables; table++) {
      const { latency } = summarise(back(logNormal(random, 600, 0.2)), context);
      for (const name of ["p50", "p90", "p99"] as const) {
        const { low, high } = latency[name]!;
        if (truth[name] < low! || truth[name] > high!) misses[name] += 1;
      }
    }
    // At 99 % the chance of more than 9 misses of 300 is 0.1 % (binomial).
    expect(Math.max(...Object.values(misses))).toBeLessThanOrEqual(9);
  });

  test("of correlated samples have the wider interval of fewer samples", () => {
    const random = seededRandom("correlated");
    let state = 0;
    const service = Array.from({ length: 2000 }, () => {
      state = 0.8 * state + random.normal();
      return Math.exp(0.05 * state);
    });
    const correlated = summarise(back(service), context);
    const shuffled = summarise(back(random.shuffle(service)), context);
    expect(correlated.samplesEffective).toBeCloseTo((2000 * 0.2) / 1.8, -2); // n(1 − ρ)/(1 + ρ) with ρ = 0.8
    expect(shuffled.samplesEffective).toBe(2000);
    expect(width(correlated.latency.p50!)).toBeGreaterThan(2 * width(shuffled.latency.p50!));
  });
});

test("the warm-up is counted, and is no part of any number", () => {
  const results = summarise(back([...Array(5).fill(100), ...ranks(100)], 5), context);
  expect(results).toMatchObject({ warmupSamples: 5, samples: 100, windowSeconds: 5050, latency: { mean: 50.5 } });
});

test("throughput of overlapping batches is that of all processes, from the end of the warm-up on", () => {
  // Three processes that take 6 s a batch and end one after the other, every 2 s.
  const end_s = Array.from({ length: 40 }, (_, i) => 6 + 2 * i);
  const samples: Samples = { warmup: 10, start_s: end_s.map((end) => end - 6), end_s, service_s: end_s.map(() => 6) };
  const { throughputPerSecond, windowSeconds, latency } = summarise(samples, context);
  expect({ throughputPerSecond, windowSeconds, p50: latency.p50!.value }).toEqual({
    throughputPerSecond: 4 / 2,
    windowSeconds: 30 * 2,
    p50: 6,
  });
});

test("throughput counts requests, not batches, per second of the window, pauses included", () => {
  const samples = { warmup: 1, start_s: [0, 1, 3], end_s: [0.5, 2, 5], service_s: [0.5, 1, 2] };
  expect(summarise(samples, context).throughputPerSecond).toBe((2 * 4) / (5 - 1));
});

test("outliers are labelled by Tukey's fences and stay in", () => {
  const service = [...Array.from({ length: 99 }, (_, i) => 1 + i / 1000), 1.2, 5];
  expect(summarise(back(service), context)).toMatchObject({ outliersMild: 1, outliersSevere: 1, samples: 101 });
});

test("processor time is per batch, power per second of the window, energy per request", () => {
  const usage = { ...context.usage, cpuSeconds: 6, energyJoules: 120, memoryPeakBytes: 77, reasons: {} };
  const samples = { warmup: 0, start_s: [0, 1, 2], end_s: [1, 2, 4], service_s: [1, 1, 2] };
  expect(summarise(samples, { ...context, usage })).toMatchObject({
    cpuSeconds: 2,
    powerMeanWatts: 30,
    energyPerRequestJoules: 10,
    memoryPeakBytes: 77,
  });
});

test("what cannot be read is null, never 0, with the reason", () => {
  const results = summarise(back(ranks(10)), context);
  expect(results).toMatchObject({ cpuSeconds: null, memoryPeakBytes: null, powerMeanWatts: null });
  expect(results.nulls).toMatchObject({ cpu_s: "not asked for", power_mean_w: "not asked for" });
});

function logNormal(random: Random, n: number, sigma: number): readonly number[] {
  return Array.from({ length: n }, () => Math.exp(sigma * random.normal()));
}

function width({ low, high }: { readonly low: number | null; readonly high: number | null }): number {
  return high! - low!;
}
