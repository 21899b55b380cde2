import { batchThroughput, responseQuantile, rules, type Station, sustainableRate } from "@partitune/solver";
import { describe, expect, test } from "vitest";

const station: Station = {
  serviceSeconds: [0.02, 0.03, 0.04, 0.05],
  occupancySeconds: [0.02, 0.03, 0.04, 0.06],
  ratios: [0.9, 1, 1.3],
};
const demand = { ratePerSecond: 20, deadlineSeconds: 0.2, percentile: 0.99 };

test("batch throughput is full batches over their mean occupancy", () => {
  expect(batchThroughput(station)).toBeCloseTo(4 / (0.06 * (3.2 / 3)), 12);
});

describe("a feasibility rule", () => {
  test("latency-only looks at a full batch alone", () => {
    expect(rules["latency-only"](station, demand)).toEqual({
      responseSeconds: 0.05,
      capacityPerSecond: batchThroughput(station),
    });
  });

  test("half-slo adds a batch of waiting", () => {
    expect(rules["half-slo"](station, demand).responseSeconds).toBeCloseTo(0.1, 12);
  });

  test("residual adds the time to gather a batch", () => {
    expect(rules.residual(station, demand).responseSeconds).toBeCloseTo(0.05 + 4 / 20, 12);
  });

  test("queue is the response quantile at no more than 97 % load", () => {
    const verdict = rules.queue(station, demand);
    expect(verdict.capacityPerSecond).toBeCloseTo(0.97 * batchThroughput(station), 12);
    expect(verdict.responseSeconds).toBe(responseQuantile(station, 20, 0.99));
  });

  test.each(Object.entries(rules))("%s finds no response above the capacity", (_, rule) => {
    const { capacityPerSecond } = rule(station, demand);
    expect(rule(station, { ...demand, ratePerSecond: capacityPerSecond * 1.01 }).responseSeconds).toBeNull();
  });
});

describe("the sustainable rate", () => {
  test("under the queue rule is where the quantile meets the deadline", () => {
    const tight = { ...demand, deadlineSeconds: 0.12 };
    const rate = sustainableRate(rules.queue, station, tight);
    expect(rules.queue(station, { ...tight, ratePerSecond: rate }).responseSeconds).toBeLessThanOrEqual(0.12);
    expect(rules.queue(station, { ...tight, ratePerSecond: rate * 1.01 }).responseSeconds).toBeGreaterThan(0.12);
  });

  test("for M/D/1 and twice the service time is 13.5 % of the capacity", () => {
    // partitioning practice: p99 ≤ 2ℓ holds only up to ρ = 0.135
    const single = { serviceSeconds: [1], occupancySeconds: [1], ratios: [1] };
    const rate = sustainableRate(rules.queue, single, { ratePerSecond: 1, deadlineSeconds: 2, percentile: 0.99 });
    expect(rate).toBeCloseTo(0.135, 2);
  });

  test("is the capacity when the deadline is far away, and 0 when it is below one service time", () => {
    const rate = (deadlineSeconds: number) => sustainableRate(rules.queue, station, { ...demand, deadlineSeconds });
    expect(rate(60)).toBe(rules.queue(station, demand).capacityPerSecond);
    expect(rate(0.01)).toBe(0);
  });
});
