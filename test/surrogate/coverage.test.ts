import { binomialAtLeast, binomialAtMost, seededRandom } from "@partitune/numerics";
import type { Config } from "@partitune/schema";
import { fit as fitProfile, predictor } from "@partitune/surrogate";
import { describe, expect, it } from "vitest";
import { amdahlLatency, made, meanOnly, profileOf, type TableOptions } from "./fixtures/profileOf.ts";

const tables = 200;
const measurements = 19; // a 90 % interval from 19 errors is exact: the 18th of 20
const noise = 0.08;

/** Every share and batch that the tables are drawn from. */
const all: readonly Config[] = Array.from({ length: 20 }, (_, i) => (i + 1) / 20).flatMap((share) =>
  Array.from({ length: 16 }, (_, i) => ({
    workload: "a",
    powerMode: "default",
    partition: { kind: "cpu-share", share } as const,
    batch: i + 1,
  })),
);

/** Fits random tables and measures one more random configuration of each: how many intervals hold it. */
function countCovered(models: readonly string[], latency: NonNullable<TableOptions["latency"]>) {
  const covered = { interval: 0, prediction: 0 };
  for (let t = 0; t < tables; t++) {
    const random = seededRandom(`table ${t}`);
    const [fresh, ...configs] = random.shuffle(all).slice(0, measurements + 1);
    const options = { latency, noise, rounds: 1, results: meanOnly };
    const surrogate = fitProfile(profileOf({ ...options, configs, seed: t }), { made, models });
    const { value, low, high } = predictor(surrogate)(fresh!)!.metrics.latency_mean_s!;
    const measured = 1.01 * latency(fresh!) * Math.exp(noise * random.normal());
    const ratio = 1 + surrogate.fits[0]!.intervalRatio!;
    if (measured >= value / ratio && measured <= value * ratio) covered.interval++;
    if (measured >= low! && measured <= high!) covered.prediction++;
  }
  return covered;
}

describe("90 % intervals", () => {
  const laws: readonly [string, NonNullable<TableOptions["latency"]>][] = [
    ["the law is among the models", amdahlLatency],
    ["no model is right", (config) => Math.max(0.04, amdahlLatency(config)) * (config.batch > 9 ? 1.2 : 1)],
  ];

  it.each(laws)("cover 90 % of further measurements when %s", (_, latency) => {
    const { interval, prediction } = countCovered(["amdahl", "power", "linear"], latency);
    expect(binomialAtMost(interval, tables, 0.9)).toBeGreaterThan(0.01);
    expect(binomialAtLeast(interval, tables, 0.9)).toBeGreaterThan(0.01);
    expect(prediction).toBeGreaterThanOrEqual(interval);
  });
});
