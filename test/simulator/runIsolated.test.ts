import { seededRandom } from "@partitune/numerics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinSections } from "../../packages/simulator/src/independentSections.ts";
import { runIsolated } from "../../packages/simulator/src/runIsolated.ts";
import { type NaiveRequest, naiveStation } from "./naiveStation.ts";
import { stationOf } from "./stationOf.ts";

const cases = fc.record({
  gaps: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 120 }),
  maxBatch: fc.integer({ min: 1, max: 6 }),
  maxDelay: fc.constantFrom(0, 0.5, 3, 20),
  fixed: fc.integer({ min: 1, max: 30 }),
  perItem: fc.integer({ min: 0, max: 12 }),
  pause: fc.constantFrom(0, 0.25, 9),
  from: fc.integer({ min: 0, max: 300 }),
});

describe("an isolated station agrees with an independent simulation, request by request", () => {
  it("on recorded arrivals, for every batch size, delay and pause", () => {
    fc.assert(
      fc.property(cases, ({ gaps, maxBatch, maxDelay, fixed, perItem, pause, from }) => {
        // Multiples of 1/4 add up without rounding, so both simulations meet every tie in the same way.
        let time = 0;
        const arrivals = gaps.map((gap) => {
          time += gap / 4;
          return time;
        });
        const service = (k: number): number => fixed + perItem * k;
        const occupancy = (k: number): number => service(k) + pause;
        const sizes = Array.from({ length: maxBatch }, (_, i) => i + 1);
        const placement = {
          workload: "a",
          maxDelaySeconds: maxDelay,
          service: sizes.map(service),
          occupancy: sizes.map(occupancy),
        };
        const window = { start: from / 4, end: 1e6 };
        const tally = runIsolated(stationOf(placement, { kind: "recorded", times: arrivals, repeat: false }), window);
        const all = naiveStation({ arrivals, maxBatch, maxDelay, service, occupancy });
        const seen = all.filter((request) => request.arrival >= window.start);
        const whole = joinSections(tally.sections);
        expect(whole.count).toBe(seen.length);
        expect(tally.failed).toBe(0);
        expect(whole.sum).toBe(sum(seen, ({ arrival, end }) => end - arrival));
        if (seen.length > 0) {
          expect(whole.maximum).toBe(Math.max(...seen.map(({ arrival, end }) => end - arrival)));
          expect(whole.minimum).toBe(Math.min(...seen.map(({ arrival, end }) => end - arrival)));
        }
        expect(tally.serviceSum).toBe(sum(seen, ({ start, end }) => end - start));
        expect(tally.completed).toBe(all.filter((request) => request.end >= window.start).length);
        for (const k of sizes) {
          const started = all.filter((request) => request.start >= window.start && request.batch === k);
          expect(tally.batchCounts[k]).toBe(started.length / k);
        }
        const worked = sum(
          all,
          ({ start, batch }) => Math.max(0, start + occupancy(batch) - Math.max(start, window.start)) / batch,
        );
        expect(tally.busy).toBeCloseTo(worked, 6);
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  it("on a long Poisson stream under a heavy load", () => {
    const random = seededRandom("naive");
    let time = 0;
    const arrivals = Array.from({ length: 20_000 }, () => {
      time += random.exponential(55);
      return time;
    });
    const service = (k: number): number => 0.02 + 0.012 * k;
    const placement = { workload: "a", service: Array.from({ length: 8 }, (_, i) => service(i + 1)) };
    const tally = runIsolated(stationOf(placement, { kind: "recorded", times: arrivals, repeat: false }), {
      start: 0,
      end: 1e6,
    });
    const all = naiveStation({ arrivals, maxBatch: 8, maxDelay: 0, service, occupancy: service });
    const whole = joinSections(tally.sections);
    expect(whole.count).toBe(20_000);
    expect(whole.mean).toBeCloseTo(sum(all, ({ arrival, end }) => end - arrival) / 20_000, 9);
    const sorted = all.map(({ arrival, end }) => end - arrival).sort((a, b) => a - b);
    for (const p of [0.5, 0.9, 0.99]) expect(Math.abs(whole.quantile(p) / sorted[p * 20_000]! - 1)).toBeLessThan(0.002);
  });
});

describe("a station that cannot keep up", () => {
  const overloaded = { workload: "a", service: [0.1] };
  const at = (ratePerSecond: number) =>
    runIsolated(stationOf(overloaded, { kind: "periodic", ratePerSecond, jitter: 0, offsetSeconds: 0 }), {
      start: 0,
      end: 100,
    });

  it("is saturated, and what has not started one window later is given up", () => {
    const tally = at(30);
    // 3000 arrive, 2000 are started up to second 200, one more starts at second 200 itself.
    expect(tally.saturated).toBe(true);
    expect(tally.failed).toBe(999);
    expect(joinSections(tally.sections).count).toBe(2001);
  });

  it("is saturated when it answers everything late", () => {
    const tally = at(11);
    expect(tally.failed).toBe(0);
    expect(tally.saturated).toBe(true);
  });

  it("is not saturated at exactly its capacity, nor below", () => {
    expect(at(10).saturated).toBe(false);
    expect(at(9).saturated).toBe(false);
  });

  it("is not saturated when a recording ends and it catches up", () => {
    const times = Array.from({ length: 200 }, (_, i) => i / 20);
    const tally = runIsolated(stationOf(overloaded, { kind: "recorded", times, repeat: false }), {
      start: 0,
      end: 100,
    });
    expect(tally.saturated).toBe(false);
  });
});

function sum(requests: readonly NaiveRequest[], of: (request: NaiveRequest) => number): number {
  return requests.reduce((total, request) => total + of(request), 0);
}
