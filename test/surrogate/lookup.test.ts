import type { Config } from "@partitune/schema";
import { lookup } from "@partitune/surrogate";
import { describe, expect, it } from "vitest";
import { amdahlLatency, profileOf } from "./fixtures/profileOf.ts";

const config: Config = { workload: "a", powerMode: "default", partition: { kind: "cpu-share", share: 0.5 }, batch: 4 };

describe("lookup", () => {
  it("knows measured configurations exactly", () => {
    const found = lookup(profileOf())(config);
    expect(found?.metrics.latency_p50_s?.value).toBe(amdahlLatency(config));
    expect(found?.metrics.memory_peak_bytes?.value).toBe(1.04e8);
    expect(found).toMatchObject({ extrapolated: false, synthetic: true });
    expect(found?.metrics.power_mean_w).toBeUndefined();
  });

  it("knows nothing else", () => {
    const predict = lookup(profileOf());
    expect(predict({ ...config, batch: 3 })).toBeUndefined();
    expect(predict({ ...config, workload: "b" })).toBeUndefined();
    expect(predict({ ...config, partition: { kind: "cpu-share", share: 0.4 } })).toBeUndefined();
    expect(predict(config, [config])).toBeUndefined();
  });

  it("knows a MIG instance wherever it begins", () => {
    const at = (start?: number): Config => ({
      ...config,
      partition: { kind: "mig", profile: "3g.40gb", ...(start === undefined ? {} : { start }) },
    });
    const measured = profileOf({ row: (row) => ({ ...row, point: { ...row.point, config: at(4) } }) });
    const predict = lookup(measured);
    expect(predict(at(0))).toEqual(predict(at()));
    expect(predict(at(4))).toBeDefined();
    expect(predict({ ...config, partition: { kind: "mig", profile: "4g.40gb", start: 0 } })).toBeUndefined();
  });

  it("leaves invalid rows out", () => {
    const throttled = profileOf({ row: (row) => ({ ...row, flags: ["throttled"] }) });
    expect(lookup(throttled)(config)).toBeUndefined();
  });

  it("takes the hull of the rounds' intervals for a percentile", () => {
    const estimate = lookup(profileOf({ noise: 0.05 }))(config)?.metrics.latency_p50_s;
    expect(estimate!.low).toBeLessThan(estimate!.value * 0.98);
    expect(estimate!.high).toBeGreaterThan(estimate!.value * 1.02);
  });

  it("takes Student's interval over the rounds for other metrics, open for one round", () => {
    const mean = lookup(profileOf({ noise: 0.05 }))(config)?.metrics.latency_mean_s;
    expect(mean!.low).toBeLessThan(mean!.value);
    expect(mean!.high).toBeGreaterThan(mean!.value);
    const single = lookup(profileOf({ rounds: 1 }))(config)?.metrics.latency_mean_s;
    expect(single).toMatchObject({ low: null, high: null });
  });

  it("finds a measurement beside neighbours only with these neighbours, in any order", () => {
    const others: readonly Config[] = [
      { ...config, workload: "b" },
      { ...config, workload: "c" },
    ];
    const predict = lookup(profileOf({ row: (row) => ({ ...row, point: { ...row.point, neighbours: others } }) }));
    expect(predict(config, others.toReversed())).toBeDefined();
    expect(predict(config)).toBeUndefined();
    expect(predict(config, others.slice(1))).toBeUndefined();
  });
});
