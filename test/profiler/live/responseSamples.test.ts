import { seededRandom } from "@partitune/numerics";
import { describe, expect, it } from "vitest";
import { responseSamples } from "../../../packages/profiler/src/live/responseSamples.ts";

const random = seededRandom("responses");

/** n requests whose times nothing but chance orders. */
function shuffled(n: number): Float64Array {
  return Float64Array.from(random.shuffle(Array.from({ length: n }, (_, i) => i + 1)));
}

describe("responseSamples", () => {
  it("gives percentiles with distribution-free intervals: of 1000, the 981st and the 998th sample for the p99", () => {
    // The ranks of n = 1000 stand in the tables of order-statistic intervals; p50: 459 and 542.
    const { percentile } = responseSamples(shuffled(1_000), 1_000, 1e6, 0.99);
    const p99 = percentile(0.99)!;
    expect(p99.value).toBe(991);
    expect(p99.low).toBeGreaterThanOrEqual(978);
    expect(p99.low).toBeLessThanOrEqual(981);
    expect(p99.high).toBeGreaterThanOrEqual(998);
    const p50 = percentile(0.5)!;
    expect(Math.abs(p50.low! - 459)).toBeLessThanOrEqual(3);
    expect(Math.abs(p50.high! - 542)).toBeLessThanOrEqual(3);
  });

  it("leaves a percentile out below the least number of samples, and a side open just above it", () => {
    expect(responseSamples(shuffled(450), 450, 1e6, 0.99).percentile(0.99)).toBeNull();
    const between = responseSamples(
      Float64Array.from({ length: 520 }, (_, i) => (i % 104 === 0 ? 2 : 1)),
      520,
      1e6,
      0.99,
    );
    expect(between.independent(0.99)).toBeGreaterThanOrEqual(459);
    expect(between.percentile(0.99)).toMatchObject({ value: 1, high: null });
  });

  it("counts batches, not requests: those of one batch share one fate", () => {
    expect(responseSamples(shuffled(1_000), 100, 1e6, 0.99).independent(0.5)).toBe(100);
  });

  it("counts fewer where neighbours in a queue resemble each other", () => {
    // A two-state chain that stays with probability 0.9 has lag-1 autocorrelation 0.8: n (1 − 0.8) / (1 + 0.8) = n / 9.
    let slow = 0;
    const states = Float64Array.from({ length: 20_000 }, () => {
      if (random.next() < 0.1) slow = 1 - slow;
      return 1 + slow;
    });
    const { independent } = responseSamples(states, 20_000, 1e6, 0.99);
    expect(independent(0.75)).toBeGreaterThan(20_000 / 9 / 1.25);
    expect(independent(0.75)).toBeLessThan((20_000 / 9) * 1.25);
  });

  it("says 'at least the time-out' where a percentile falls among requests without an answer", () => {
    const responses = shuffled(2_000).map((value) => (value > 1_900 ? Number.POSITIVE_INFINITY : value / 1_000));
    const { percentile } = responseSamples(responses, 2_000, 5, 0.99);
    expect(percentile(0.99)).toEqual({ value: 5, low: 5, high: null });
    expect(percentile(0.5)!.high).toBeLessThan(2);
  });

  it("knows nothing without requests", () => {
    expect(responseSamples(new Float64Array(), 0, 1, 0.99).percentile(0.5)).toBeNull();
  });
});
