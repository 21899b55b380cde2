import { seededRandom, streamingQuantiles } from "@partitune/numerics";
import { describe, expect, it } from "vitest";
import { independentSections, joinSections } from "../../packages/simulator/src/independentSections.ts";
import { ratioError } from "../../packages/simulator/src/ratioError.ts";
import { responseEstimates } from "../../packages/simulator/src/responseEstimates.ts";
import { runIsolated } from "../../packages/simulator/src/runIsolated.ts";
import { sectionCount } from "../../packages/simulator/src/tally.ts";
import { stationOf } from "./stationOf.ts";

/** Sections of independent exponential values. */
function independentValues(perSection: number, seed: string | number) {
  const random = seededRandom(seed);
  return Array.from({ length: sectionCount }, () => {
    const section = streamingQuantiles();
    for (let i = 0; i < perSection; i++) section.add(random.exponential(1));
    return section;
  });
}

describe("the standard error of a ratio", () => {
  it("is that of a mean when all sizes are equal", () => {
    // Amounts 1, 2, 3, 6 of size 1: mean 3, s² = (4 + 1 + 0 + 9)/3, error = √(s²/4).
    expect(ratioError([1, 2, 3, 6], [1, 1, 1, 1])).toBeCloseTo(Math.sqrt(14 / 12), 12);
  });

  it("vanishes when every amount is the same part of its size", () => {
    expect(ratioError([1, 2, 5], [2, 4, 10])).toBeCloseTo(0, 12);
  });
});

describe("sections", () => {
  it("stay apart when their values are independent", () => {
    const kept = Array.from({ length: 200 }, (_, seed) => independentSections(independentValues(20, seed)).length);
    const joined = kept.filter((count) => count < sectionCount).length;
    expect(joined / 200).toBeLessThan(0.17); // the test's level is 10 %
  });

  it("are joined down to eight when a slow wave runs through them", () => {
    const sections = Array.from({ length: sectionCount }, (_, i) => {
      const section = streamingQuantiles();
      section.add(2 + Math.sin((2 * Math.PI * i) / sectionCount));
      return section;
    });
    expect(independentSections(sections).length).toBe(8);
  });

  it("lose nothing when they are joined", () => {
    const sections = independentValues(50, 1);
    const joined = joinSections(independentSections(sections));
    expect(joined.count).toBe(50 * sectionCount);
    expect(joined.quantile(0.9)).toBe(joinSections(sections).quantile(0.9));
  });
});

describe("the number of independent requests", () => {
  it("is near the number of requests when they are independent", () => {
    const counts = Array.from({ length: 40 }, (_, seed) =>
      responseEstimates(independentValues(200, seed), Number.POSITIVE_INFINITY, 0.99).independent(0.9),
    ).sort((a, b) => a - b);
    expect(counts[20]).toBeGreaterThan(0.6 * 6400);
    expect(counts.at(-1)).toBeLessThanOrEqual(6400);
  });

  it("is never above the number of batches", () => {
    expect(responseEstimates(independentValues(200, 1), 900, 0.99).independent(0.5)).toBe(900);
  });

  it("is small in a heavily loaded queue", () => {
    const window = { start: 2000, end: 22_000 };
    const tally = runIsolated(
      stationOf({ workload: "a", service: [1] }, { kind: "poisson", ratePerSecond: 0.9 }),
      window,
    );
    const { independent, whole } = responseEstimates(tally.sections, tally.completed, 0.99);
    expect(independent(0.5)).toBeLessThan(whole.count / 20);
    expect(independent(0.5)).toBeGreaterThan(10);
  });
});

describe("percentiles", () => {
  it("are absent when there are fewer independent requests than their interval needs", () => {
    const few = responseEstimates(independentValues(8, 1), 256, 0.99); // 256 samples bound a p95, not a p99
    expect(few.percentile(0.5)).not.toBeNull();
    expect(few.percentile(0.99)).toBeNull();
  });

  it("are absent, with the mean, when nothing was answered", () => {
    const none = responseEstimates(independentValues(0, 1), 0, 0.99);
    expect(none.mean).toBeNull();
    expect(none.percentile(0.5)).toBeNull();
  });
});

describe("intervals hold the truth as often as they say", () => {
  // M/D/1 at load 0.7: mean 1 + 0.7/0.6, p50 1.730, p95 5.103, p99 7.485 service times.
  const truth = { mean: 1 + 0.7 / 0.6, p50: 1.73, p95: 5.103, p99: 7.485 };
  const runs = Array.from({ length: 250 }, (_, seed) => {
    const station = stationOf(
      { workload: "a", service: [1] },
      { kind: "poisson", ratePerSecond: 0.7 },
      `coverage ${seed}`,
    );
    const tally = runIsolated(station, { start: 300, end: 60_300 });
    return responseEstimates(tally.sections, tally.completed, 0.95);
  });
  const cases = {
    mean: runs.map((run) => run.mean),
    p50: runs.map((run) => run.percentile(0.5)),
    p95: runs.map((run) => run.percentile(0.95)),
    p99: runs.map((run) => run.percentile(0.99)),
  };
  for (const name of ["mean", "p50", "p95", "p99"] as const) {
    it(`for the ${name}, at 95 % over 250 seeds`, () => {
      const told = cases[name].filter((estimate) => estimate !== null);
      const held = told.filter(({ low, high }) => low! <= truth[name] && truth[name] <= high!).length;
      expect(told.length).toBe(250);
      expect(held / told.length).toBeGreaterThanOrEqual(0.95 - 3 * Math.sqrt((0.95 * 0.05) / 250));
    });
  }
});
