import type { Predict } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { scaleDemands } from "../../packages/cli/src/scaleDemands.ts";

const exact = (value: number) => ({ value, low: value, high: value });

/** 10 ms a batch and 5 ms a request on the whole device, longer by the share's inverse. */
const predict: Predict = ({ workload, partition, batch }) => {
  if (workload !== "net" || partition.kind !== "cpu-share") return undefined;
  const latency = (0.01 + 0.005 * batch) / partition.share;
  const metrics = { latency_p50_s: exact(latency), throughput_per_s: exact(batch / latency) };
  return { metrics, serviceRatios: [1], extrapolated: false, synthetic: true };
};

describe("scaleDemands", () => {
  test("asks for half the capacity within eight service times of one request", () => {
    const parts = { net: { share: 0.5, batches: [1, 8] } };
    // Capacity at batch 8: 8/0.1 s = 80/s; service of one request: 0.03 s.
    expect(scaleDemands({ parts, predict, load: 0.5, liveSeconds: 60 })).toEqual([
      { workload: "net", ratePerSecond: 40, deadlineSeconds: 0.24, percentile: 0.99 },
    ]);
  });

  test("demands a lower percentile where the live measurement is too short for a high one", () => {
    const parts = { net: { share: 0.5, batches: [1, 8] } };
    const percentiles = [60, 20, 8, 1].map(
      (liveSeconds) => scaleDemands({ parts, predict, load: 0.5, liveSeconds })[0]!.percentile,
    );
    expect(percentiles).toEqual([0.99, 0.95, 0.9, 0.5]);
  });

  test("plans with the unfavourable ends of the intervals", () => {
    const wide: Predict = (config) => {
      const known = predict(config)!;
      const [latency, throughput] = [known.metrics.latency_p50_s!.value, known.metrics.throughput_per_s!.value];
      const metrics = {
        latency_p50_s: { value: latency, low: latency / 2, high: latency * 2 },
        throughput_per_s: { value: throughput, low: throughput / 2, high: throughput * 2 },
      };
      return { ...known, metrics };
    };
    const parts = { net: { share: 0.5, batches: [1, 8] } };
    expect(scaleDemands({ parts, predict: wide, load: 0.5, liveSeconds: 60 })[0]).toMatchObject({
      ratePerSecond: 20,
      deadlineSeconds: 0.48,
    });
  });

  test("refuses a workload of which nothing is known", () => {
    const parts = { other: { share: 0.5, batches: [1] } };
    expect(() => scaleDemands({ parts, predict, load: 0.5, liveSeconds: 60 })).toThrow(
      'workload "other" has too few valid measurements to predict its capacity; measure it again on a quieter machine',
    );
  });
});
