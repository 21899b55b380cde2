import { seededRandom } from "@partitune/numerics";
import { describe, expect, test } from "vitest";
import { queueRates } from "../../../packages/solver/src/packing/queueRates.ts";
import { responseQuantile } from "../../../packages/solver/src/responseQuantile.ts";
import type { Station } from "../../../packages/solver/src/station.ts";

/** A station that takes a fixed time and one per request, with the given scatter. */
function stationOf(fixed: number, each: number, batch: number, ratios: readonly number[] = [1]): Station {
  const seconds = Array.from({ length: batch }, (_, i) => fixed + each * (i + 1));
  return { serviceSeconds: seconds, occupancySeconds: seconds, ratios };
}

const stations = [
  ["without batching", stationOf(0.009, 0.001, 1)],
  ["with batches of 8", stationOf(0.004, 0.002, 8)],
  ["with batches of 8 that scatter", stationOf(0.004, 0.002, 8, [0.9, 0.95, 1, 1.05, 1.6])],
] as const;

describe("the highest safe rate of a queue", () => {
  test.each(stations)("%s meets the deadline, and 1/512 of the capacity more does not", (_, station) => {
    const capacity = (0.97 * (station.serviceSeconds.length / station.serviceSeconds.at(-1)!)) / meanOf(station.ratios);
    for (const deadlineSeconds of [0.03, 0.06, 0.2]) {
      const rate = queueRates(station).highest({ deadlineSeconds, percentile: 0.99 });
      expect(responseQuantile(station, rate, 0.99)!).toBeLessThanOrEqual(deadlineSeconds);
      const next = rate + capacity / 512;
      if (next <= capacity) expect(responseQuantile(station, next, 0.99)!).toBeGreaterThan(deadlineSeconds);
      else expect(rate).toBeCloseTo(capacity, 9);
    }
  });

  test("is that of M/D/1 where requests are served one by one: at 7.485 times the service time, a load of 0.7", () => {
    // p99 of the sojourn in M/D/1 at load 0.7: 7.485 services, exact.
    const rate = queueRates(stationOf(0, 0.01, 1)).highest({ deadlineSeconds: 0.07485, percentile: 0.99 });
    expect(rate).toBeGreaterThan(70 - 100 / 512 - 0.05);
    expect(rate).toBeLessThanOrEqual(70.05);
  });

  test.each(stations)("%s does not depend on what was asked before", (_, station) => {
    const random = seededRandom(7);
    const shared = queueRates(station);
    for (let i = 0; i < 25; i += 1) {
      const service = { deadlineSeconds: 0.012 + 0.1 * random.next(), percentile: i % 3 === 0 ? 0.95 : 0.99 };
      const worthwhile = i % 2 === 0 ? 0 : 300 * random.next();
      expect(shared.highest(service, worthwhile)).toBe(queueRates(station).highest(service, worthwhile));
    }
  });

  test("is 0 when a batch alone takes longer than the deadline, and when no worthwhile rate meets it", () => {
    const [, station] = stations[1];
    expect(queueRates(station).highest({ deadlineSeconds: 0.0059, percentile: 0.99 })).toBe(0);
    const service = { deadlineSeconds: 0.05, percentile: 0.99 };
    const rate = queueRates(station).highest(service);
    expect(queueRates(station).highest(service, rate)).toBe(0);
    expect(queueRates(station).highest(service, 0.9 * rate)).toBe(rate);
  });
});

function meanOf(ratios: readonly number[]): number {
  return ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
}
