import { metricNames } from "@partitune/schema";
import { describe, expect, it } from "vitest";
import { fromTarget, toTarget } from "../../packages/surrogate/src/targets.ts";

describe("targets", () => {
  it("are per batch: seconds for throughput, joules for energy per request", () => {
    expect(toTarget("throughput_per_s", 20, 4)).toBe(0.2);
    expect(toTarget("energy_per_request_j", 3, 4)).toBe(12);
    expect(toTarget("latency_p50_s", 0.3, 4)).toBe(0.3);
  });

  it.each(metricNames)("of %s turn back into the metric", (metric) => {
    expect(fromTarget(metric, toTarget(metric, 7.5, 4), 4)).toBeCloseTo(7.5, 12);
  });
});
