import { type Config, InputError } from "@partitune/schema";
import { fit as fitProfile, models, predictor } from "@partitune/surrogate";
import { describe, expect, it } from "vitest";
import { amdahlLatency, made, meanOnly, profileOf, shares, type TableOptions } from "./fixtures/profileOf.ts";

const config = (share: number, batch: number, change: Partial<Config> = {}): Config => ({
  workload: "a",
  powerMode: "default",
  partition: shares(share)[0]!,
  batch,
  ...change,
});
const fitted = (options: TableOptions = {}) =>
  fitProfile(profileOf(options), { made, models: ["amdahl", "power", "linear"] });

describe("predictor", () => {
  const surrogate = fitted({ noise: 0.02 });
  const predict = predictor(surrogate);

  it("predicts what was not measured, with an interval around it", () => {
    const found = predict(config(0.6, 3));
    const { value, low, high } = found!.metrics.latency_p50_s!;
    expect(value).toBeCloseTo(amdahlLatency(config(0.6, 3)), 2);
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
    expect(found).toMatchObject({ extrapolated: false, synthetic: true });
    expect(found?.serviceRatios).toHaveLength(101);
  });

  it("has the fit's own interval at measured values and a wider one between them", () => {
    const own = surrogate.fits.find(({ metric }) => metric === "latency_mean_s")!;
    const ratio = (c: Config) => {
      const { value, high } = predict(c)!.metrics.latency_mean_s!;
      return high! / value - 1;
    };
    expect(ratio(config(0.5, 4))).toBeCloseTo(own.intervalRatio!, 9);
    expect(ratio(config(0.6, 4))).toBeCloseTo(own.between!.fraction.intervalRatio!, 9);
    expect(ratio(config(0.5, 3))).toBeCloseTo(own.between!.batch.intervalRatio!, 9);
  });

  it("flags what lies outside the measured shares, batches and kinds of partition", () => {
    const isExtrapolated = (c: Config) => predict(c)?.extrapolated;
    expect(isExtrapolated(config(0.2, 4))).toBe(true);
    expect(isExtrapolated(config(0.5, 16))).toBe(true);
    expect(isExtrapolated(config(0.5, 4, { partition: { kind: "core-set", cores: [0, 1] } }))).toBe(true);
    expect(isExtrapolated(config(0.25, 1))).toBe(false);
    expect(isExtrapolated(config(1, 8))).toBe(false);
    expect(isExtrapolated(config(0.99, 7, { partition: { kind: "cpu-share", share: 1 } }))).toBe(false);
  });

  it("flags every configuration beside neighbours, which were not there when it was measured", () => {
    expect(predict(config(0.5, 4), [config(0.5, 1)])?.extrapolated).toBe(true);
    expect(predict(config(0.5, 4), [])?.extrapolated).toBe(false);
  });

  it("knows nothing about other workloads and power modes", () => {
    expect(predict(config(0.5, 4, { workload: "b" }))).toBeUndefined();
    expect(predict(config(0.5, 4, { powerMode: "turbo" }))).toBeUndefined();
  });

  it("keeps percentiles in order and throughput within what latency allows, everywhere", () => {
    const noisy = predictor(
      fitted({
        noise: 0.2,
        rounds: 1,
        results: (results) => ({ ...results, throughputPerSecond: results.throughputPerSecond * 1.05 }),
      }),
    );
    for (let share = 0.05; share <= 1; share += 0.05) {
      for (const batch of [1, 2, 3, 5, 8, 13]) {
        const { latency_p50_s, latency_p90_s, latency_p99_s, latency_mean_s, throughput_per_s } = noisy(
          config(share, batch),
        )!.metrics;
        expect(latency_p90_s!.value).toBeGreaterThanOrEqual(latency_p50_s!.value);
        expect(latency_p99_s!.value).toBeGreaterThanOrEqual(latency_p90_s!.value);
        expect(throughput_per_s!.value * latency_mean_s!.value).toBeLessThanOrEqual(batch * (1 + 1e-12));
        for (const { value, low, high } of [latency_p50_s!, latency_p90_s!, latency_p99_s!, throughput_per_s!]) {
          expect(low).toBeLessThanOrEqual(value);
          expect(high).toBeGreaterThanOrEqual(value);
        }
      }
    }
  });

  it("leaves the interval of a metric open where only other metrics were measured", () => {
    const partial = predictor(
      fitted({
        partitions: shares(0.25, 0.5, 0.75, 1),
        results: (results, { batch }) => (batch === 8 ? { ...results, cpuSeconds: null } : results),
      }),
    );
    expect(partial(config(0.5, 8))?.extrapolated).toBe(false);
    expect(partial(config(0.5, 8))?.metrics.cpu_s).toMatchObject({
      value: expect.closeTo(0.26, 3),
      low: null,
      high: null,
    });
    expect(partial(config(0.5, 4))?.metrics.cpu_s?.high).not.toBeNull();
  });

  it("gives nothing for configurations that could not run, nor for larger batches there", () => {
    const limited = predictor(
      fitted({
        row: (row) =>
          row.point.config.batch === 8 && row.point.config.partition.kind === "whole"
            ? { ...row, outcome: { kind: "infeasible", reason: "out of memory" } }
            : row,
      }),
    );
    expect(limited(config(1, 8))).toBeUndefined();
    expect(limited(config(1, 9))).toBeUndefined();
    expect(limited(config(1, 7))).toBeDefined();
    expect(limited(config(0.75, 8))).toBeDefined();
  });

  it("tells power modes apart by name, and predicts unmeasured ones from their clocks", () => {
    const mean = 1.01 * amdahlLatency(config(0.5, 4));
    const clock = { low: 1e9, middle: 1.5e9, high: 2e9 } as const;
    const latency: TableOptions["latency"] = (c) => (amdahlLatency(c) * 1e9) / clock[c.powerMode as keyof typeof clock];
    const modes = (numbers: boolean) =>
      (["low", "high"] as const).map((name) => (numbers ? { name, cpuHertz: clock[name] } : { name }));
    const named = predictor(fitted({ latency, powerModes: modes(false), results: meanOnly }));
    expect(named(config(0.5, 4, { powerMode: "high" }))?.metrics.latency_mean_s?.value).toBeCloseTo(mean / 2, 5);
    expect(named(config(0.5, 4, { powerMode: "middle" }))).toBeUndefined();
    const surrogateByClock = fitted({ latency, powerModes: modes(true), results: meanOnly });
    const device = {
      ...surrogateByClock.device,
      powerModes: [...surrogateByClock.device.powerModes, { name: "middle", cpuHertz: clock.middle }],
    };
    const between = predictor({ ...surrogateByClock, device })(config(0.5, 4, { powerMode: "middle" }));
    expect(between?.metrics.latency_mean_s?.value).toBeCloseTo(mean / 1.5, 5);
    expect(between?.extrapolated).toBe(true);
  });

  it("refuses a surrogate with a model that does not exist, or parameters that are not its own", () => {
    const [first] = surrogate.fits;
    expect(() => predictor({ ...surrogate, fits: [{ ...first!, model: "toString" }] })).toThrow(InputError);
    expect(() => predictor({ ...surrogate, fits: [{ ...first!, model: "toString" }] })).toThrow(
      'model "toString" of "a" latency_mean_s does not exist here',
    );
    expect(() => predictor({ ...surrogate, fits: [{ ...first!, parameters: "?" }] })).toThrow(/fit the profile again/);
  });

  it.each(Object.keys(models))("predicts bit for bit the same after saving, with %s", (model) => {
    const direct = fitProfile(profileOf({ noise: 0.05, rounds: 1, batches: [1, 2, 4], results: meanOnly }), {
      made,
      models: [model],
    });
    const saved = JSON.parse(JSON.stringify(direct));
    for (const c of [config(0.25, 1), config(0.6, 3), config(0.1, 20)]) {
      expect(predictor(saved)(c)).toEqual(predictor(direct)(c));
    }
  });
});
