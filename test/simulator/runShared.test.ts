import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinSections } from "../../packages/simulator/src/independentSections.ts";
import { runIsolated } from "../../packages/simulator/src/runIsolated.ts";
import { runShared } from "../../packages/simulator/src/runShared.ts";
import { sharingLaws } from "../../packages/simulator/src/sharing/index.ts";
import { speedsOf } from "../../packages/simulator/src/speedsOf.ts";
import type { Station } from "../../packages/simulator/src/station.ts";
import { toSharer } from "../../packages/simulator/src/toSharer.ts";
import { naiveProcessor } from "./naiveProcessor.ts";
import { stationOf } from "./stationOf.ts";

function speeds(stations: readonly Station[], law: "fair" | "alternate", interference = 0) {
  return speedsOf(
    sharingLaws[law].speeds,
    stations.map((station) => toSharer(station, undefined)),
    interference,
  );
}

const job = fc.record({
  gaps: fc.array(fc.double({ min: 0.001, max: 3, noNaN: true }), { minLength: 1, maxLength: 40 }),
  maxBatch: fc.integer({ min: 1, max: 4 }),
  fixed: fc.double({ min: 0.1, max: 2, noNaN: true }),
  perItem: fc.double({ min: 0, max: 0.5, noNaN: true }),
  threads: fc.integer({ min: 1, max: 4 }),
});

it("stations on a shared processor agree with an independent simulation", () => {
  fc.assert(
    fc.property(
      fc.array(job, { minLength: 1, maxLength: 4 }),
      fc.constantFrom("fair" as const, "alternate" as const),
      fc.constantFrom(0, 0.09),
      (jobs, law, interference) => {
        const given = jobs.map(({ gaps, maxBatch, fixed, perItem, threads }) => {
          let time = 0;
          const arrivals = gaps.map((gap) => {
            time += gap;
            return time;
          });
          return { arrivals, maxBatch, service: (k: number) => fixed + perItem * k, knee: threads / 4, threads };
        });
        const stations = given.map(({ arrivals, maxBatch, service, threads }) =>
          stationOf(
            { workload: "a", threads, service: Array.from({ length: maxBatch }, (_, i) => service(i + 1)) },
            { kind: "recorded", times: arrivals, repeat: false },
          ),
        );
        const tallies = runShared(stations, { start: 0, end: 1e4 }, speeds(stations, law, interference));
        const expected = naiveProcessor(given, law, interference);
        tallies.forEach((tally, i) => {
          const whole = joinSections(tally.sections);
          const own = expected[i]!;
          expect(whole.count).toBe(own.length);
          expect(whole.mean).toBeCloseTo(own.reduce((a, b) => a + b) / own.length, 8);
          expect(whole.maximum).toBeCloseTo(Math.max(...own), 8);
          expect(whole.minimum).toBeCloseTo(Math.min(...own), 8);
        });
      },
    ),
    { seed: 3, numRuns: 200 },
  );
});

describe("stations that leave each other room", () => {
  const placements = [
    { workload: "a", threads: 1, service: [0.01, 0.015, 0.02], maxDelaySeconds: 0.004, ratios: [0.9, 1, 1.3] },
    { workload: "b", threads: 2, service: [0.02], occupancy: [0.03] },
    { workload: "c", threads: 1, service: [0.03, 0.031], occupancy: [0.03, 0.04], ratios: [0.8, 1, 1.1, 2] },
  ];
  const rates = [90, 20, 30];
  const stations = placements.map((placement, i) =>
    stationOf(placement, { kind: "poisson", ratePerSecond: rates[i]! }, i),
  );

  it("run as if each were alone", () => {
    const window = { start: 10, end: 210 };
    const shared = runShared(stations, window, speeds(stations, "fair"));
    stations.forEach((station, i) => {
      const alone = runIsolated(station, window);
      const tally = shared[i]!;
      expect([...tally.batchCounts]).toEqual([...alone.batchCounts]);
      expect(tally.completed).toBe(alone.completed);
      expect(tally.busy).toBeCloseTo(alone.busy, 6);
      expect(tally.serviceSum).toBeCloseTo(alone.serviceSum, 6);
      const [ours, theirs] = [joinSections(tally.sections), joinSections(alone.sections)];
      expect(ours.count).toBe(theirs.count);
      expect(ours.mean).toBeCloseTo(theirs.mean, 9);
      expect(ours.maximum).toBeCloseTo(theirs.maximum, 9);
    });
  });
});

describe("a shared processor that is overloaded", () => {
  it("ends, with what was not started counted as failed", () => {
    const even = (ratePerSecond: number) => ({ kind: "periodic", ratePerSecond, jitter: 0, offsetSeconds: 0 }) as const;
    const stations = [
      stationOf({ workload: "a", service: [0.1] }, even(20)),
      stationOf({ workload: "b", service: [0.01] }, even(1)),
    ];
    const [busy, light] = runShared(stations, { start: 0, end: 50 }, speeds(stations, "alternate"));
    expect(busy!.saturated).toBe(true);
    expect(busy!.failed).toBeGreaterThan(0);
    expect(busy!.failed + joinSections(busy!.sections).count).toBe(1000);
    expect(light!.saturated).toBe(false);
    expect(joinSections(light!.sections).mean).toBeCloseTo(0.02, 9);
  });

  it("is recognised though everything is answered in the end", () => {
    const stations = ["a", "b", "c"].map((workload, i) =>
      stationOf({ workload, service: [0.1, 0.13] }, { kind: "poisson", ratePerSecond: 6 }, i),
    );
    const tallies = runShared(stations, { start: 0, end: 300 }, speeds(stations, "alternate"));
    expect(tallies.map((tally) => tally.failed)).toEqual([0, 0, 0]);
    expect(tallies.map((tally) => tally.saturated)).toEqual([true, true, true]);
  });
});
