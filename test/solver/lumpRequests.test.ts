import { batchThroughput, responseQuantile, type Station } from "@partitune/solver";
import { expect, test } from "vitest";
import { lumpRequests } from "../../packages/solver/src/lumpRequests.ts";

function stationOf(maxBatch: number, scatter: number): Station {
  const serviceSeconds = Array.from({ length: maxBatch }, (_, i) => 0.3 + (0.7 * (i + 1)) / maxBatch);
  const ratios = Array.from({ length: 101 }, (_, i) => Math.exp((scatter * Math.log((i + 0.5) / (100.5 - i))) / 1.7));
  return { serviceSeconds, occupancySeconds: serviceSeconds, ratios };
}

test("ordinary stations are followed request by request", () => {
  for (const maxBatch of [1, 8, 64]) {
    const station = stationOf(maxBatch, 0.2);
    const rate = 0.9 * batchThroughput(station);
    expect(lumpRequests(station, rate, 1e-6)).toEqual({ station, rate });
  }
});

test("wild and nearly saturated ones are lumped at the same load, and still answered", () => {
  const station = stationOf(128, 1);
  const rate = 0.95 * batchThroughput(station);
  const lumped = lumpRequests(station, rate, 1e-6);
  expect(lumped.station.serviceSeconds.length).toBeLessThan(64);
  expect(lumped.rate / batchThroughput(lumped.station)).toBeCloseTo(0.95, 9);
  expect(lumped.station.serviceSeconds[lumped.station.serviceSeconds.length - 1]).toBe(1);
  expect(responseQuantile(station, rate, 0.99)).toBeGreaterThan(50);
});

test("a batch of one cannot be lumped", () => {
  const station = stationOf(1, 1.5);
  const rate = 0.96 * batchThroughput(station);
  expect(lumpRequests(station, rate, 1e-6).station.serviceSeconds).toEqual(station.serviceSeconds);
});
