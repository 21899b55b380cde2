import { type PieceRow, packingRules, responseQuantile, rules, type Service, sustainableRate } from "@partitune/solver";
import { describe, expect, test } from "vitest";

const service: Service = { name: "s", model: "m", ratePerSecond: 10, deadlineSeconds: 0.1, percentile: 0.99 };
const rowOf = (latencySeconds: number, processes = 1): PieceRow => ({
  model: "m",
  piece: "1g",
  batch: 1,
  processes,
  latencySeconds,
  ratePerSecond: processes / latencySeconds,
  memoryBytes: null,
  powerWatts: null,
});
const rate = (rule: keyof typeof packingRules, latency: number) => {
  const row = rowOf(latency);
  return packingRules[rule].safeRate(row, service, [row]);
};

describe("alone on a piece a service is safe", () => {
  test.each(["half-slo", "duty-own", "duty-sum"] as const)(
    "under %s up to half the deadline, that included",
    (rule) => {
      expect(rate(rule, 0.05)).toBe(20);
      expect(rate(rule, 0.0501)).toBe(0);
    },
  );

  test("under parva-0.45 below 0.45 of the deadline, that excluded", () => {
    expect(rate("parva-0.45", 0.0449)).toBeGreaterThan(0);
    expect(rate("parva-0.45", 0.45 * 0.1)).toBe(0);
  });

  test("under latency-only up to the whole deadline", () => {
    expect(rate("latency-only", 0.1)).toBe(10);
    expect(rate("latency-only", 0.101)).toBe(0);
  });

  test("under residual when a batch of the requests that come is filled and run in time", () => {
    // 10 requests/s: 4 of them gather in 0.4 s
    const filled = (batch: number, deadlineSeconds: number) => {
      const row: PieceRow = { ...rowOf(0.05), batch, ratePerSecond: batch / 0.05 };
      return packingRules.residual.safeRate(row, { ...service, deadlineSeconds });
    };
    expect(filled(4, 0.46)).toBe(80);
    expect(filled(4, 0.44)).toBe(0);
    expect(filled(2, 0.26)).toBe(40);
  });

  test("under residual a saturated piece only up to half the deadline", () => {
    const busy: Service = { ...service, ratePerSecond: 1000 };
    expect(packingRules.residual.safeRate(rowOf(0.05), busy)).toBe(20);
    expect(packingRules.residual.safeRate(rowOf(0.051), busy)).toBe(0);
  });

  test("under batch-tail up to the mean whose Poisson quantile is the batch", () => {
    // P(N ≤ 1) = (1 + m)·exp(−m) = 0.99 at m = 0.148555
    expect(rate("batch-tail", 0.05) * 0.05).toBeCloseTo(0.148555, 5);
    expect(rate("batch-tail", 0.051)).toBe(0);
  });

  test("under batch-tail never beyond what the exact queue allows", () => {
    for (const latency of [0.004, 0.01, 0.02, 0.04]) {
      expect(rate("batch-tail", latency)).toBeLessThanOrEqual(rate("queue", latency) * 1.01);
    }
  });

  test("under queue up to the rate at which the exact M/D/1 quantile meets the deadline", () => {
    // M/D/1: the p99 sojourn is 4.336 service times at load 0.5, 7.485 at 0.7 and 22.898 at 0.9.
    for (const [load, sojourn] of [
      [0.5, 4.336],
      [0.7, 7.485],
      [0.9, 22.898],
    ] as const) {
      const latency = 0.1 / sojourn;
      expect(rate("queue", latency) * latency).toBeGreaterThan(load - 0.01);
      expect(rate("queue", latency) * latency).toBeLessThan(load + 0.01);
    }
    expect(rate("queue", 0.11)).toBe(0);
  });

  test("under queue, with each process a server of its own", () => {
    const [one, three] = [rowOf(0.02), rowOf(0.02, 3)];
    const single = packingRules.queue.safeRate(one, service, [one]);
    expect(packingRules.queue.safeRate(three, service, [three])).toBeCloseTo(3 * single, 9);
  });
});

describe("the highest safe rate of a queue", () => {
  const cases = [1, 4, 16].flatMap((batch) => [1.05, 1.5, 3, 10].map((ratio) => [batch, ratio] as const));

  test.each(cases)(
    "of batches to %i, deadline %f times the full batch, is what bisection finds, within a hundredth of the capacity, and safe",
    (batch, ratio) => {
      const rows = Array.from({ length: batch }, (_, i): PieceRow => {
        const latencySeconds = 0.02 * (0.5 + (0.5 * (i + 1)) / batch);
        return { ...rowOf(latencySeconds), batch: i + 1, ratePerSecond: (i + 1) / latencySeconds };
      });
      const tight = { ...service, deadlineSeconds: 0.02 * ratio };
      const found = packingRules.queue.safeRate(rows.at(-1)!, tight, rows);
      const serviceSeconds = rows.map(({ latencySeconds }) => latencySeconds);
      const station = { serviceSeconds, occupancySeconds: serviceSeconds, ratios: [1] };
      const bisected = sustainableRate(rules.queue, station, tight);
      expect(Math.abs(found - bisected)).toBeLessThanOrEqual(0.01 * (batch / 0.02));
      if (found > 0) expect(responseQuantile(station, found, 0.99)).toBeLessThanOrEqual(tight.deadlineSeconds);
      expect(
        packingRules.queue.safeRate(rows.at(-1)!, tight, rows, Math.max(found, bisected) + 0.01 * (batch / 0.02)),
      ).toBe(0);
    },
  );
});

describe("taking turns", () => {
  test("a request waits one cycle and its own batch under duty-own, two cycles under duty-sum", () => {
    expect(packingRules["duty-own"].turnResponse([0.01, 0.02, 0.03], 1)).toBeCloseTo(0.08, 12);
    expect(packingRules["duty-sum"].turnResponse([0.01, 0.02, 0.03])).toBeCloseTo(0.12, 12);
  });

  test("a tenant alone responds as under half-slo", () => {
    expect(packingRules["duty-own"].turnResponse([0.05], 0)).toBe(0.1);
  });
});
