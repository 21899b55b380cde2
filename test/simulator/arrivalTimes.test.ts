import { seededRandom } from "@partitune/numerics";
import type { Arrivals } from "@partitune/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrivalTimes } from "../../packages/simulator/src/arrivalTimes.ts";
import { meanRate } from "../../packages/simulator/src/meanRate.ts";

function first(count: number, arrivals: Arrivals, seed: string | number = 1): readonly number[] {
  const times = new Float64Array(count);
  arrivalTimes(arrivals, seededRandom(seed)).fill(times, 0);
  return [...times];
}

describe("Poisson arrivals", () => {
  const gaps = first(100_000, { kind: "poisson", ratePerSecond: 20 }).map((time, i, all) => time - (all[i - 1] ?? 0));

  it("have gaps with the mean and the variance of an exponential distribution", () => {
    const mean = gaps.reduce((a, b) => a + b) / gaps.length;
    const variance = gaps.reduce((a, b) => a + (b - mean) ** 2, 0) / gaps.length;
    expect(Math.abs(mean * 20 - 1)).toBeLessThan(4 / Math.sqrt(gaps.length));
    expect(Math.abs(variance * 400 - 1)).toBeLessThan(4 * Math.sqrt(8 / gaps.length)); // var of the sample variance: (μ₄ − σ⁴)/n = 8/n
  });

  it("leave a second empty as often as e^-rate says", () => {
    const times = first(50_000, { kind: "poisson", ratePerSecond: 2 });
    const seconds = Math.floor(times.at(-1)!);
    const empty = seconds - new Set(times.map(Math.floor).filter((second) => second < seconds)).size;
    const expected = Math.exp(-2);
    expect(Math.abs(empty / seconds - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / seconds));
  });
});

describe("periodic arrivals", () => {
  it("come at even gaps from the offset on", () => {
    const arrivals = { kind: "periodic", ratePerSecond: 4, jitter: 0, offsetSeconds: 0.1 } as const;
    expect(first(4, arrivals)).toEqual([0.1, 0.35, 0.6, 0.85]);
  });

  it("stay within the jitter of their period, in order, and keep the rate", () => {
    const jitter = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(jitter, fc.double({ min: 0, max: 3, noNaN: true }), fc.nat(), (part, offsetSeconds, seed) => {
        const arrivals = { kind: "periodic", ratePerSecond: 1, jitter: part, offsetSeconds } as const;
        const times = first(200, arrivals, seed);
        times.forEach((time, i) => {
          expect(time).toBeGreaterThanOrEqual(times[i - 1] ?? 0);
          expect(Math.abs(time - offsetSeconds - i)).toBeLessThanOrEqual(part + 1e-9);
        });
      }),
      { seed: 1, numRuns: 50 },
    );
  });
});

describe("recorded arrivals", () => {
  const recorded: Arrivals = { kind: "recorded", times: [1, 2, 4], repeat: false };

  it("end after the last one", () => {
    expect(first(5, recorded)).toEqual([1, 2, 4, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it("start again one mean gap after the last one when repeated", () => {
    expect(first(7, { ...recorded, repeat: true })).toEqual([1, 2, 4, 5.5, 6.5, 8.5, 10]);
  });

  it("keep their rate when repeated", () => {
    expect(meanRate({ ...recorded, repeat: true })).toBeCloseTo(3 / 4.5, 12);
    expect(first(3001, { ...recorded, repeat: true }).at(-1)! / 3000).toBeCloseTo(1.5, 3);
  });
});

it("an arrival stream is the same however it is cut into chunks", () => {
  const kinds: readonly Arrivals[] = [
    { kind: "poisson", ratePerSecond: 5 },
    { kind: "periodic", ratePerSecond: 5, jitter: 0.8, offsetSeconds: 0 },
    { kind: "recorded", times: [0, 1, 5], repeat: true },
  ];
  for (const arrivals of kinds) {
    const stream = arrivalTimes(arrivals, seededRandom(1));
    const chunks = [3, 1, 5, 2].flatMap((size) => {
      const buffer = new Float64Array(size + 4);
      stream.fill(buffer, 4);
      return [...buffer.subarray(4)];
    });
    expect(chunks).toEqual(first(11, arrivals));
  }
});
