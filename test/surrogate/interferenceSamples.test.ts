import type { Config, Measurement, MeasurementResults, Profile } from "@partitune/schema";
import { fitInterference, interferenceSamples, profileUtilisations } from "@partitune/surrogate";
import { describe, expect, test } from "vitest";
import { made, profileOf } from "./fixtures/profileOf.ts";

const config = (workload: string, share: number, batch = 1): Config => ({
  workload,
  powerMode: "default",
  partition: { kind: "cpu-share", share },
  batch,
});

interface Row {
  readonly of: Config;
  readonly beside?: readonly Config[];
  readonly seconds: number;
  readonly results?: Partial<MeasurementResults>;
  readonly row?: Partial<Measurement>;
}

function profileWith(rows: readonly Row[], workloads: readonly string[] = ["a", "b"]): Profile {
  const template = profileOf({ workloads, configs: rows.map((row) => row.of), rounds: 1 });
  const measurements = template.measurements.map((each, i): Measurement => {
    const { beside = [], seconds, results = {}, row = {} } = rows[i]!;
    if (each.outcome.kind !== "measured") throw new Error("the template measures everything");
    const latency = { ...each.outcome.results.latency, mean: seconds, p50: { value: seconds, low: null, high: null } };
    const changed = { ...each.outcome.results, latency, ...results };
    return {
      ...each,
      point: { ...each.point, neighbours: beside },
      outcome: { kind: "measured", results: changed },
      ...row,
    };
  });
  return { ...template, measurements };
}

const [a, b] = [config("a", 0.5, 4), config("b", 0.25)];

describe("interferenceSamples", () => {
  test("compares rows beside neighbours with rows of the same configuration alone, medians over rounds", () => {
    const { samples, warnings } = interferenceSamples(
      profileWith([
        { of: a, seconds: 0.1 },
        { of: a, seconds: 0.1 },
        { of: a, seconds: 0.5 },
        { of: config("a", 0.5, 8), seconds: 9 },
        { of: a, beside: [b], seconds: 0.12 },
        { of: a, beside: [b], seconds: 0.13 },
        { of: b, seconds: 0.2 },
        { of: b, beside: [a], seconds: 0.21 },
      ]),
    );
    expect(warnings).toEqual([]);
    expect(samples).toEqual([
      {
        subject: { workload: "a", fraction: 0.5, batch: 4, isolated: false },
        neighbours: [{ workload: "b", fraction: 0.25, batch: 1, isolated: false }],
        slowdown: 0.125 / 0.1,
      },
      {
        subject: { workload: "b", fraction: 0.25, batch: 1, isolated: false },
        neighbours: [{ workload: "a", fraction: 0.5, batch: 4, isolated: false }],
        slowdown: 0.21 / 0.2,
      },
    ]);
  });

  test("prefers rows of the same environment, and takes another's where there are none", () => {
    const rows = [
      { of: a, seconds: 0.1, row: { environment: "old" } },
      { of: a, seconds: 0.2, row: { environment: "new" } },
      { of: a, beside: [b], seconds: 0.22, row: { environment: "new" } },
    ];
    expect(interferenceSamples(profileWith(rows)).samples[0]!.slowdown).toBeCloseTo(1.1, 12);
    expect(interferenceSamples(profileWith([rows[0]!, rows[2]!])).samples[0]!.slowdown).toBeCloseTo(2.2, 12);
  });

  test("says which rows have nothing to be compared with, which may not be trusted, and which contradict each other", () => {
    const { samples, warnings } = interferenceSamples(
      profileWith([
        { of: a, seconds: 0.1 },
        { of: a, beside: [b], seconds: 0.11 },
        { of: a, beside: [b], seconds: 0.16 },
        { of: config("a", 0.3), beside: [b], seconds: 0.2 },
        { of: a, beside: [b, b], seconds: 5, row: { flags: ["throttled"] } },
        { of: a, beside: [config("typo", 0.1)], seconds: 0.12 },
      ]),
    );
    expect(samples).toHaveLength(2);
    expect(warnings.map(({ code, where, cause }) => `${code} ${where}: ${cause}`)).toEqual([
      "rows-left-out formula: rows with neighbours that failed or may not be trusted: 1",
      "no-solo-row a default cpu-share:0.3 batch 1 under closed:1: measurements beside neighbours that have nothing to be compared with: 1",
      "contradictory-rows a default cpu-share:0.5 batch 4 under closed:1 beside b default cpu-share:0.25 batch 1: 2 measurements of the same differ by a factor of 1.45; the median is used",
      'unknown-neighbour formula: "typo" ran beside others but is no workload of the profile, so nothing is known of what it uses',
    ]);
  });

  test("refuses a profile without neighbours, and says how to get them", () => {
    expect(() => interferenceSamples(profileWith([{ of: a, seconds: 1 }]))).toThrow(
      /has no row that was measured beside neighbours; measure workloads side by side and alone, and give their rows the column neighbours/,
    );
  });

  test("refuses a profile in which nothing was measured alone, and names what is missing", () => {
    expect(() => interferenceSamples(profileWith([{ of: a, beside: [b], seconds: 1 }]))).toThrow(
      "has no slowdown to learn from: the same configurations were never measured alone: a default cpu-share:0.5 batch 4 under closed:1",
    );
  });
});

describe("profileUtilisations", () => {
  const results = (throughputPerSecond: number, powerMeanWatts: number | null, memoryPeakBytes = 1e6) => ({
    throughputPerSecond,
    powerMeanWatts,
    memoryPeakBytes,
    cpuSeconds: 0.05,
  });

  test("reads what hints at shared resources off the largest piece, each relative to the greatest", () => {
    const utilisations = profileUtilisations(
      profileWith([
        { of: config("a", 1), seconds: 0.1, results: results(10, 50) },
        { of: config("a", 0.25), seconds: 0.2, results: results(5, 30) },
        { of: config("b", 1), seconds: 0.05, results: results(20, 30, 2e6) },
        { of: config("b", 0.25), seconds: 0.2, results: results(5, 20) },
      ]),
    );
    // Power above the least measured (20 W): 30 and 10 W. Memory 1 MB · 10/s and 2 MB · 20/s. Processor 0.05 s in 0.1 and 0.05 s.
    // Throughput grows by 2 and 4 on four times the piece: saturation 1 − 2/4 and 0.
    expect(utilisations).toEqual({
      a: [{ batch: 1, values: { power: 1, processor: 0.5, memory: 0.25, saturation: 1 } }],
      b: [{ batch: 1, values: { power: 1 / 3, processor: 1, memory: 1, saturation: 0 } }],
    });
  });

  test("leaves out what is not known of every workload, and takes a smaller piece's value for its part of the card", () => {
    const utilisations = profileUtilisations(
      profileWith([
        { of: config("a", 0.5), seconds: 0.1, results: results(10, null) },
        { of: config("b", 1), seconds: 0.1, results: results(10, 30) },
      ]),
    );
    expect(utilisations).toEqual({
      a: [{ batch: 1, values: { processor: 1, memory: 1 } }],
      b: [{ batch: 1, values: { processor: 0.5, memory: 0.5 } }],
    });
  });
});

test("profileUtilisations goes by the power modes and processes in which workloads ran beside others", () => {
  const slow = { ...config("a", 1), powerMode: "slow" };
  const several = { ...config("a", 1), processes: 2 };
  const cpuSeconds = (value: number) => ({
    throughputPerSecond: 10,
    powerMeanWatts: null,
    memoryPeakBytes: null,
    cpuSeconds: value,
  });
  const utilisations = profileUtilisations(
    profileWith([
      { of: config("a", 1), seconds: 0.1, results: cpuSeconds(0.02) },
      { of: slow, seconds: 0.1, results: cpuSeconds(0.08) },
      { of: several, seconds: 0.1, results: cpuSeconds(0.08) },
      { of: config("b", 1), seconds: 0.1, results: cpuSeconds(0.04) },
      { of: config("a", 0.5), beside: [config("b", 0.5)], seconds: 0.1 },
    ]),
  );
  expect(utilisations.a).toEqual([{ batch: 1, values: { processor: 0.5 } }]);
});

test("fitInterference goes from a profile to a chosen model, and passes on what is doubtful", () => {
  const names = ["a", "b", "c", "d"];
  const pairs = names.flatMap((x) => names.filter((y) => y !== x).map((y) => [x, y] as const));
  const rows: Row[] = [
    ...names.map((name) => ({ of: config(name, 0.5), seconds: 0.1 })),
    ...pairs.map(([x, y], i) => ({
      of: config(x, 0.5),
      beside: [config(y, 0.5)],
      seconds: 0.1 * (1.08 + 0.01 * (i % 3)),
    })),
    { of: config("a", 0.3), beside: [config("b", 0.5)], seconds: 1 },
  ];
  const fitted = fitInterference(profileWith(rows, names), { made });
  expect(fitted.chosen).toEqual({ model: "constant", slowdown: expect.closeTo(1.09, 9) });
  expect(fitted).toMatchObject({ samples: 12, pairs: 6, synthetic: true });
  expect(fitted.warnings.map(({ code }) => code)).toEqual(["no-solo-row"]);
});
