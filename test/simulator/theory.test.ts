import type { Estimate } from "@partitune/schema";
import { describe, expect, it } from "vitest";
import { joinSections } from "../../packages/simulator/src/independentSections.ts";
import { overSeeds } from "../../packages/simulator/src/overSeeds.ts";
import { responseEstimates } from "../../packages/simulator/src/responseEstimates.ts";
import { runIsolated } from "../../packages/simulator/src/runIsolated.ts";
import { simulate } from "../../packages/simulator/src/simulate.ts";
import { naiveStation } from "./naiveStation.ts";
import { stationOf } from "./stationOf.ts";
import { type TestPlacement, testPlan } from "./testPlan.ts";

/** Response times of one station under Poisson arrivals, at 99 % confidence. */
function responses(placement: TestPlacement, ratePerSecond: number, requests: number, seed: string | number = 1) {
  const seconds = requests / ratePerSecond;
  const window = { start: seconds / 10, end: seconds * 1.1 };
  const tally = runIsolated(stationOf(placement, { kind: "poisson", ratePerSecond }, seed), window);
  const batches = tally.batchCounts.reduce((a, b) => a + b);
  return { tally, seconds, ...responseEstimates(tally.sections, batches, 0.99) };
}

function expectWithin(estimate: Estimate | null, truth: number): void {
  expect(estimate).not.toBeNull();
  expect(estimate!.low).toBeLessThanOrEqual(truth);
  expect(estimate!.high).toBeGreaterThanOrEqual(truth);
}

/** Quantiles of an exponential distribution relative to its median. */
const exponentialRatios = Array.from({ length: 4000 }, (_, i) => -Math.log(1 - (i + 0.5) / 4000) / Math.LN2);

describe("M/M/1: response times are exponential with rate μ − λ (Kleinrock, Queueing Systems 1, section 5.12)", () => {
  for (const load of [0.3, 0.6, 0.8]) {
    it(`at load ${load}`, () => {
      const run = responses({ workload: "a", service: [Math.LN2], ratios: exponentialRatios }, load, 600_000);
      expectWithin(run.mean, 1 / (1 - load));
      for (const p of [0.5, 0.9, 0.99]) expectWithin(run.percentile(p), -Math.log(1 - p) / (1 - load));
    });
  }
});

describe("M/D/1: response times in units of the service time, from the exact waiting-time distribution (Erlang 1909)", () => {
  const exact = [
    [0.3, 1, 2.071, 2.891],
    [0.5, 1, 3.051, 4.336],
    [0.7, 1.73, 5.103, 7.485],
    [0.8, 2.276, 7.62, 11.356],
    [0.9, 4.013, 15.129, 22.898],
  ] as const;
  for (const [load, p50, p95, p99] of exact) {
    it(`at load ${load}`, () => {
      const run = responses({ workload: "a", service: [1] }, load, 800_000);
      expectWithin(run.mean, 1 + load / (2 * (1 - load)));
      expectWithin(run.percentile(0.5), p50);
      expectWithin(run.percentile(0.95), p95);
      expectWithin(run.percentile(0.99), p99);
    });
  }
});

it("M/G/1: the mean wait is λ E[S²] / 2(1 − ρ) (Pollaczek and Khinchine), with the moments of the drawn ratios", () => {
  const ratios = [0.4, 0.7, 0.9, 1, 1.2, 2, 5];
  const n = ratios.length;
  const steps = ratios.slice(1).map((high, i) => [ratios[i]!, high] as const);
  const ends = [ratios[0]!, ratios[n - 1]!];
  const first = steps.reduce((total, [a, b]) => total + (a + b) / 2, (ends[0]! + ends[1]!) / 2) / n;
  const second =
    steps.reduce((total, [a, b]) => total + (a * a + a * b + b * b) / 3, (ends[0]! ** 2 + ends[1]! ** 2) / 2) / n;
  for (const load of [0.4, 0.75]) {
    const rate = load / first;
    const run = responses({ workload: "a", service: [1], ratios }, rate, 600_000);
    expectWithin(run.mean, first + (rate * second) / (2 * (1 - load)));
    expect(run.tally.busy / run.seconds).toBeCloseTo(load, 2);
  }
});

describe("M/M(1,b)/1, batches of up to b that take one exponential time, from its balance equations", () => {
  for (const [rate, batch] of [
    [2, 4],
    [3, 4],
    [6, 8],
  ] as const) {
    it(`at ${rate} requests per service time and batches of up to ${batch}`, () => {
      // Busy with n waiting: p_n = p_0 rⁿ with λ + r^(b+1) = (λ + 1) r; idle: p_0 / λ.
      let r = 0;
      for (let i = 0; i < 10_000; i++) r = (rate + r ** (batch + 1)) / (rate + 1);
      const p0 = 1 / (1 / rate + 1 / (1 - r));
      const waiting = (p0 * r) / (1 - r) ** 2;
      const service = new Array<number>(batch).fill(Math.LN2);
      const run = responses({ workload: "a", service, ratios: exponentialRatios }, rate, 600_000);
      expectWithin(run.mean, waiting / rate + 1);
      expect(run.tally.busy / run.seconds).toBeCloseTo(p0 / (1 - r), 2);
    });
  }
});

it("queues with exponential times that take turns on one processor hold together as many requests as one M/M/1 queue", () => {
  // Whoever is busy, the processor completes work at one exponential rate: the total is the same Markov chain.
  const rates = [0.1, 0.2, 0.4];
  const placements = rates.map((ratePerSecond, i) => ({
    workload: `w${i}`,
    service: [Math.LN2],
    ratios: exponentialRatios,
    ratePerSecond,
  }));
  const means = Array.from({ length: 12 }, (_, seed) => {
    const options = { seed, durationSeconds: 60_000, sharing: { law: "alternate" } } as const;
    const { streams } = simulate(testPlan(placements), options);
    const requests = streams.reduce((total, stream) => total + stream.requests, 0);
    return streams.reduce((total, stream) => total + stream.requests * stream.response.mean, 0) / requests;
  });
  expectWithin(overSeeds(means, 0.99), 1 / (1 - 0.7));
});

it("Little's law: the area under the number in the station equals rate times mean response", () => {
  const rate = 40;
  const service = (k: number): number => 0.02 + 0.01 * k;
  const placement = { workload: "a", service: [1, 2, 3, 4].map(service), ratePerSecond: rate };
  const stream = simulate(testPlan([placement]), { seed: 3, requests: 200_000 }).streams[0]!;
  let time = 0;
  let state = 12345;
  const arrivals = Array.from({ length: 200_000 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0; // another generator than the simulator's
    time -= Math.log((state + 0.5) / 2 ** 32) / rate;
    return time;
  });
  const requests = naiveStation({ arrivals, maxBatch: 4, maxDelay: 0, service, occupancy: service });
  const changes = requests
    .flatMap(({ arrival, end }) => [[arrival, 1] as const, [end, -1] as const])
    .sort((a, b) => a[0] - b[0]);
  let area = 0;
  let inside = 0;
  changes.forEach(([moment, step], i) => {
    area += inside * (moment - (changes[i - 1]?.[0] ?? 0));
    inside += step;
  });
  expect(stream.offeredPerSecond * stream.response.mean).toBeCloseTo(area / time, 1);
  expect(stream.queueMeanSeconds + stream.serviceMeanSeconds).toBeCloseTo(stream.response.mean, 12);
});

describe("even arrivals in a partition of one's own", () => {
  it("all take exactly the service time", () => {
    const service = [0.0047];
    const arrivals = { kind: "periodic", ratePerSecond: 50, jitter: 0.1, offsetSeconds: 0 } as const;
    const run = runIsolated(stationOf({ workload: "a", service }, arrivals), { start: 100, end: 600 });
    const whole = joinSections(run.sections);
    expect(whole.count).toBe(25_000);
    expect([whole.minimum, whole.maximum]).toEqual([0.0047, 0.0047]);
    expect(responseEstimates(run.sections, 25_000, 0.99).percentile(0.99)).toEqual({
      value: 0.0047,
      low: 0.0047,
      high: 0.0047,
    });
  });
});
