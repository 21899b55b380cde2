import type { Config } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { expectedService } from "../../packages/solver/src/expectedService.ts";
import { lawOf, share } from "./fixtures.ts";

const config: Config = { workload: "a", powerMode: "default", partition: share(0.5), batch: 8 };

describe("expected service", () => {
  test("has a row for every batch size, as predicted", () => {
    const { table, excess } = expectedService(lawOf({ a: 0.01 }), config)!;
    expect(table.batches.map((row) => row.batch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(table.batches[7]!.serviceSeconds).toBeCloseTo((0.01 * 5.2) / 0.5, 12);
    expect(excess).toBeCloseTo(0.1, 12);
  });

  test("interpolates batch sizes that are not known, and holds the smallest below it", () => {
    const { table } = expectedService(lawOf({ a: 0.01 }, { batches: [2, 8] }), config)!;
    const times = table.batches.map((row) => row.serviceSeconds);
    expect(times[0]).toBe(times[1]);
    expect(times[4]).toBeCloseTo((times[1]! + times[7]!) / 2, 12);
  });

  test("is unknown when the configuration itself is", () => {
    expect(expectedService(lawOf({ a: 0.01 }, { batches: [1, 2, 4] }), config)).toBeUndefined();
    expect(expectedService(lawOf({ b: 0.01 }), config)).toBeUndefined();
  });

  test("has no excess when an interval is open", () => {
    expect(expectedService(lawOf({ a: 0.01 }, { spread: null }), config)!.excess).toBeNull();
  });

  test("never lets a larger batch be quicker", () => {
    const { table } = expectedService((asked) => {
      const prediction = lawOf({ a: 0.01 })(asked)!;
      const latency = { value: asked.batch === 4 ? 0.5 : 0.1, low: null, high: null };
      return { ...prediction, metrics: { latency_p50_s: latency } };
    }, config)!;
    const times = table.batches.map((row) => row.serviceSeconds);
    expect(times.slice(3)).toEqual([0.5, 0.5, 0.5, 0.5, 0.5]);
    expect(times[7]).toBe(0.5);
  });

  test("is occupied for as long as the throughput says when that is longer", () => {
    // A worker paced to half its time: mean occupancy 2 × latency, scattered with mean ratio 1.2.
    const { table } = expectedService((asked) => {
      const prediction = lawOf({ a: 0.01 }, { ratios: [0.9, 1.5] })(asked)!;
      const throughput = prediction.metrics.throughput_per_s!.value / 2;
      return {
        ...prediction,
        metrics: { ...prediction.metrics, throughput_per_s: { value: throughput, low: throughput, high: throughput } },
      };
    }, config)!;
    const { serviceSeconds, occupancySeconds } = table.batches[7]!;
    expect(occupancySeconds * 1.2).toBeCloseTo(2 * serviceSeconds, 12);
  });
});
