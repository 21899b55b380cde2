import type { Estimate } from "@partitune/schema";
import { describe, expect, it } from "vitest";
import { reconcile } from "../../packages/surrogate/src/reconcile.ts";

const around = (value: number): Estimate => ({ value, low: value - 1, high: value + 1 });

describe("reconcile", () => {
  it("leaves metrics that agree as they are", () => {
    const metrics = {
      latency_mean_s: around(10.5),
      latency_p50_s: around(10),
      latency_p90_s: around(12),
      latency_p99_s: around(15),
      throughput_per_s: { value: 0.09, low: 0.08, high: 0.1 },
      cpu_s: around(3),
    };
    expect(reconcile(metrics, 1)).toEqual(metrics);
  });

  it("raises a higher percentile to the lower one, with its interval", () => {
    const { latency_p90_s, latency_p99_s } = reconcile(
      { latency_p50_s: around(10), latency_p90_s: around(9), latency_p99_s: around(9.5) },
      1,
    );
    expect(latency_p90_s).toEqual(around(10));
    expect(latency_p99_s).toEqual(around(10));
  });

  it("keeps open ends open", () => {
    const open = { value: 9, low: null, high: null };
    expect(reconcile({ latency_p50_s: around(10), latency_p99_s: open }, 1).latency_p99_s).toEqual({
      ...open,
      value: 10,
    });
    expect(reconcile({ latency_p50_s: { ...open, value: 10 }, latency_p99_s: around(9.5) }, 1).latency_p99_s).toEqual({
      value: 10,
      low: 8.5,
      high: 10.5,
    });
  });

  it("never promises more throughput than one batch in flight can give", () => {
    const latency = { value: 2, low: 1.6, high: 2.5 };
    const throughput = { value: 5, low: 4.5, high: 6 };
    expect(reconcile({ latency_mean_s: latency, throughput_per_s: throughput }, 8).throughput_per_s).toEqual({
      value: 4,
      low: 4,
      high: 5,
    });
  });
});
