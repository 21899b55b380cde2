import { seededRandom } from "@partitune/numerics";
import type { Arrivals } from "@partitune/schema";
import { describe, expect, it } from "vitest";
import { arrivalTimes } from "../../../packages/profiler/src/live/arrivalTimes.ts";

function first(count: number, arrivals: Arrivals, seed = 1): readonly number[] {
  const times = arrivalTimes(arrivals, seededRandom(seed));
  return Array.from({ length: count }, () => times.next().value ?? Number.POSITIVE_INFINITY);
}

describe("arrivalTimes", () => {
  it("spaces Poisson arrivals exponentially: mean and standard deviation of the gaps are both 1/rate", () => {
    const times = first(20_000, { kind: "poisson", ratePerSecond: 50 });
    const gaps = times.slice(1).map((time, i) => time - times[i]!);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
    // Four standard errors: 4 / √20000 = 2.8 % of the mean; the deviation's error is √2 times as large.
    expect(Math.abs(mean * 50 - 1)).toBeLessThan(0.028);
    expect(Math.abs(deviation * 50 - 1)).toBeLessThan(0.04);
  });

  it("spaces periodic arrivals evenly from the offset on", () => {
    const times = first(4, { kind: "periodic", ratePerSecond: 4, jitter: 0, offsetSeconds: 1 });
    expect(times).toEqual([1, 1.25, 1.5, 1.75]);
  });

  it("moves periodic arrivals by up to the jitter, and keeps them in order", () => {
    const times = first(1_000, { kind: "periodic", ratePerSecond: 1, jitter: 1, offsetSeconds: 5 });
    expect(times.toSorted((a, b) => a - b)).toEqual(times);
    for (const [n, time] of times.entries()) expect(Math.abs(time - 5 - n)).toBeLessThanOrEqual(2);
    expect(times[0]).toBeGreaterThanOrEqual(4);
  });

  it("repeats a recording one mean gap after its end, or ends with it", () => {
    const recorded = { kind: "recorded", times: [1, 2, 4] } as const;
    expect(first(6, { ...recorded, repeat: true })).toEqual([1, 2, 4, 5.5, 6.5, 8.5]);
    expect(first(4, { ...recorded, repeat: false })).toEqual([1, 2, 4, Number.POSITIVE_INFINITY]);
  });

  it("is fixed by its seed", () => {
    const arrivals = { kind: "poisson", ratePerSecond: 10 } as const;
    expect(first(10, arrivals, 3)).toEqual(first(10, arrivals, 3));
    expect(first(10, arrivals, 3)).not.toEqual(first(10, arrivals, 4));
  });
});
