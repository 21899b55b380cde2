import { seededRandom } from "@partitune/numerics";
import { responseDistribution, responseQuantile, type Station } from "@partitune/solver";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const single: Station = { serviceSeconds: [1], occupancySeconds: [1], ratios: [1] };

/** Plays the server request by request; returns sorted responses. */
function play(station: Station, rate: number, requests: number, seed: string): Float64Array {
  const random = seededRandom(seed);
  const arrivals = new Float64Array(requests);
  for (let i = 0, now = 0; i < requests; i += 1) arrivals[i] = now += -Math.log(1 - random.next()) / rate;
  const responses = new Float64Array(requests);
  for (let first = 0, free = 0; first < requests; ) {
    const start = Math.max(free, arrivals[first]!);
    let end = first;
    while (end < requests && end - first < station.serviceSeconds.length && arrivals[end]! <= start) end += 1;
    const ratio = station.ratios[random.integer(station.ratios.length)]!;
    const size = end - first - 1;
    for (let i = first; i < end; i += 1) responses[i] = start + station.serviceSeconds[size]! * ratio - arrivals[i]!;
    free = start + station.occupancySeconds[size]! * ratio;
    first = end;
  }
  return responses.slice(Math.floor(requests / 50)).sort();
}

function linear(maxBatch: number, fixedPart: number, occupied = 1): Omit<Station, "ratios"> {
  const serviceSeconds = Array.from({ length: maxBatch }, (_, i) => fixedPart + ((1 - fixedPart) * (i + 1)) / maxBatch);
  return { serviceSeconds, occupancySeconds: serviceSeconds.map((s) => s * occupied) };
}

describe("M/D/1", () => {
  // Exact sojourn quantiles (p50, p95, p99) in service times.
  test.each([
    [0.3, [1.0, 2.071, 2.891]],
    [0.5, [1.0, 3.051, 4.336]],
    [0.7, [1.73, 5.103, 7.485]],
    [0.8, [2.276, 7.62, 11.356]],
    [0.9, [4.013, 15.129, 22.898]],
  ])("quantiles at load %d are exact within 0.1 %%", (load, expected) => {
    [0.5, 0.95, 0.99].forEach((percentile, i) => {
      const response = responseQuantile(single, load, percentile)!;
      expect(Math.abs(response / expected[i]! - 1)).toBeLessThan(1e-3);
    });
  });

  test("the mean is 1 + ρ/(2(1 − ρ))", () => {
    const { atMost, longestSeconds } = responseDistribution(single, 0.7, 1e-10);
    let mean = 0;
    const step = 0.01;
    for (let x = step / 2; x < longestSeconds; x += step) mean += (1 - atMost(x)) * step;
    expect(mean).toBeCloseTo(1 + 0.7 / 0.6, 2);
  });

  test("twice the service time is kept by 99 % only up to a load of about 0.135", () => {
    expect(responseQuantile(single, 0.13, 0.99)).toBeLessThan(2);
    expect(responseQuantile(single, 0.14, 0.99)).toBeGreaterThan(2);
  });
});

describe("a server that forms batches", () => {
  const scatter = Array.from({ length: 101 }, (_, i) => Math.exp((0.1 * Math.log((i + 0.5) / (100.5 - i))) / 1.7));
  const humps = Array.from({ length: 100 }, (_, i) => (i < 90 ? 1 : 1.6));
  test.each([
    { what: "four at a time, lightly loaded", station: { ...linear(4, 0.3), ratios: [1] }, load: 0.3 },
    { what: "eight at a time with scatter", station: { ...linear(8, 0.5), ratios: scatter }, load: 0.7 },
    { what: "paced: busy for longer than it serves", station: { ...linear(4, 0.3, 1.4), ratios: scatter }, load: 0.6 },
    { what: "two-humped service", station: { ...linear(2, 0.6), ratios: humps }, load: 0.6 },
    { what: "32 at a time, nearly saturated", station: { ...linear(32, 0.3), ratios: scatter }, load: 0.9 },
  ])("agrees with a server played request by request: $what", ({ what, station, load }) => {
    const maxBatch = station.serviceSeconds.length;
    const meanRatio = station.ratios.reduce((sum, ratio) => sum + ratio, 0) / station.ratios.length;
    const rate = (load * maxBatch) / (station.occupancySeconds[maxBatch - 1]! * meanRatio);
    const played = play(station, rate, 1_000_000, what);
    for (const percentile of [0.5, 0.9, 0.99]) {
      const expected = played[Math.floor(percentile * played.length)]!;
      expect(Math.abs(responseQuantile(station, rate, percentile)! / expected - 1)).toBeLessThan(0.015);
    }
  });

  test("that cannot keep up has no response time", () => {
    expect(responseQuantile({ ...linear(4, 0.3), ratios: [1] }, 4, 0.99)).toBeNull();
    expect(responseQuantile({ ...linear(4, 0.3), ratios: [2] }, 2.01, 0.99)).toBeNull();
  });

  test("answers a rare request after the service of one, scattered as it is", () => {
    const ratios = Array.from({ length: 100 }, (_, i) => (i < 95 ? 1 : 3));
    const station = { ...linear(8, 0.3), ratios };
    expect(responseQuantile(station, 1e-4, 0.9)).toBeCloseTo(station.serviceSeconds[0]!, 4);
    expect(responseQuantile(station, 1e-4, 0.99)).toBeCloseTo(3 * station.serviceSeconds[0]!, 3);
  });

  test("scales with time, and a higher percentile or slower service never answers sooner", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        fc.double({ min: 0.1, max: 0.9, noNaN: true }),
        (maxBatch, load, fixedPart) => {
          const station = { ...linear(maxBatch, fixedPart), ratios: [0.9, 1, 1.1] };
          const rate = load * maxBatch;
          const response = responseQuantile(station, rate, 0.95)!;
          const slower = (factor: number) => ({
            ...station,
            serviceSeconds: station.serviceSeconds.map((s) => s * factor),
            occupancySeconds: station.occupancySeconds.map((s) => s * factor),
          });
          expect(responseQuantile(slower(10), rate / 10, 0.95)! / response).toBeCloseTo(10, 3);
          expect(responseQuantile(station, rate, 0.99)!).toBeGreaterThanOrEqual(response * (1 - 1e-4));
          expect(responseQuantile(slower(1.04), rate, 0.95)!).toBeGreaterThanOrEqual(response * 1.03);
          expect(response).toBeGreaterThanOrEqual(station.serviceSeconds[0]! * 0.9);
        },
      ),
      { seed: 7, numRuns: 30 },
    );
  });

  test("has a distribution that rises from 0 to 1", () => {
    const { atMost, longestSeconds } = responseDistribution({ ...linear(4, 0.3), ratios: scatter }, 3, 1e-8);
    let before = 0;
    for (let i = 0; i <= 400; i += 1) {
      const value = atMost((i / 400) * longestSeconds);
      expect(value).toBeGreaterThanOrEqual(before - 1e-9);
      before = value;
    }
    expect(atMost(0)).toBe(0);
    expect(before).toBeCloseTo(1, 6);
  });
});
