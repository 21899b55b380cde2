import { seededRandom } from "@partitune/numerics";
import type { Arrivals } from "@partitune/schema";
import { usualArrivals } from "@partitune/simulator";
import { describe, expect, it } from "vitest";
import { delayedTimes } from "../../../packages/simulator/src/fleet/delayedTimes.ts";
import { splitArrivals } from "../../../packages/simulator/src/fleet/splitArrivals.ts";

function draw(arrivals: Arrivals, weights: readonly number[], own: number, count: number): readonly number[] {
  const buffer = new Float64Array(count);
  splitArrivals(arrivals, weights, own, seededRandom("split")).fill(buffer, 0);
  return [...buffer];
}

const periodic: Arrivals = { kind: "periodic", ratePerSecond: 10, jitter: 0, offsetSeconds: 0 };

describe("requests that are divided among tenants", () => {
  it("go to exactly one tenant each, in order", () => {
    const weights = [1, 2, 1];
    const parts = weights.map((_, own) => draw(periodic, weights, own, 2000).filter((time) => time < 100));
    expect(parts.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i / 10));
    for (const part of parts) expect(part).toEqual([...part].sort((a, b) => a - b));
  });

  it("go to each in proportion to its weight", () => {
    const shares = [1, 3].map(
      (_, own) => draw(periodic, [1, 3], own, 40_000).filter((time) => time < 4000).length / 40_000,
    );
    expect(shares[0]).toBeCloseTo(0.25, 2);
    expect(shares[1]).toBeCloseTo(0.75, 2);
  });

  it("are Poisson again when they were, at the part of the rate", () => {
    const times = draw({ kind: "poisson", ratePerSecond: 8 }, [1, 3], 0, 20_000);
    const gaps = times.slice(1).map((time, i) => time - times[i]!);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const square = gaps.reduce((sum, gap) => sum + gap * gap, 0) / gaps.length;
    expect(mean).toBeCloseTo(0.5, 1);
    expect(square / mean ** 2).toBeCloseTo(2, 0); // of an exponential distribution
  });

  it("all go to a tenant that is alone, and end where the recording ends", () => {
    const recorded: Arrivals = { kind: "recorded", times: [1, 2, 3], repeat: false };
    expect(draw(recorded, [5], 0, 5)).toEqual([1, 2, 3, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect(
      [0, 1]
        .flatMap((own) => draw(recorded, [1, 1], own, 4))
        .filter(Number.isFinite)
        .sort(),
    ).toEqual([1, 2, 3]);
  });
});

it("a delayed stream begins later and ends", () => {
  const buffer = new Float64Array(5);
  const times = splitArrivals(periodic, [1], 0, seededRandom(1));
  delayedTimes(times, { startSeconds: 50, endSeconds: 50.25 }).fill(buffer, 0);
  expect([...buffer]).toEqual([50, 50.1, 50.2, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
});

it("usual arrivals leave out services without requests, and give each clock a speed of its own, a little above what is stated", () => {
  const services = [
    { name: "a", ratePerSecond: 50 },
    { name: "idle", ratePerSecond: 0 },
    { name: "b", ratePerSecond: 50 },
  ];
  expect(usualArrivals.poisson(services)).toEqual({
    a: { kind: "poisson", ratePerSecond: 50 },
    b: { kind: "poisson", ratePerSecond: 50 },
  });
  expect(usualArrivals.even(services)).toEqual({
    a: { kind: "periodic", ratePerSecond: 50, jitter: 0.1, offsetSeconds: 0 },
    b: { kind: "periodic", ratePerSecond: 50 * (1 + 0.002 * 0.6180339887498949), jitter: 0.1, offsetSeconds: 0.003 },
  });
});
