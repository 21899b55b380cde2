import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom } from "@partitune/numerics";
import {
  digest,
  loadProfile,
  type Measurement,
  type MeasurementResults,
  measurementColumnNames,
  type Profile,
  profileFiles,
  saveProfile,
} from "@partitune/schema";
import type { BenchRow } from "./benchRow.ts";
import { medianSeconds } from "./medianSeconds.ts";

const rowCount = 100_000;
const limitSeconds = 1;

/** Reading a profile as the profiler writes it, every cell checked; and csv-parse on a part of its table, to compare. */
export async function bench(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "partitune-bench-"));
  try {
    writeAndCheck(folder);
    return [readRow(folder), parserRow(folder)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The profile is made anew for the comparison and then dropped, so that the timed reading begins with an empty heap. */
function writeAndCheck(folder: string): void {
  saveProfile(folder, makeProfile());
  assert.deepEqual(loadProfile(folder), makeProfile());
}

function readRow(folder: string): BenchRow {
  const value = medianSeconds(() => loadProfile(folder), 9);
  return {
    name: "read and check 100,000 measurement rows",
    target: `≤ ${limitSeconds} s`,
    value,
    unit: "s",
    met: value <= limitSeconds,
    note: `${Math.round(statSync(join(folder, profileFiles.measurements)).size / 1e6)} MB, ${measurementColumnNames.length} columns`,
  };
}

/** The general parser alone, without any check, on a tenth of the rows. */
function parserRow(folder: string): BenchRow {
  const part = 10;
  const lines = readFileSync(join(folder, profileFiles.measurements), "utf8")
    .split("\n")
    .slice(0, rowCount / part + 1);
  const bytes = Buffer.from(lines.join("\n"));
  const { parse } = createRequire(import.meta.resolve("@partitune/schema"))("csv-parse/sync") as {
    parse: (bytes: Buffer) => readonly string[][];
  };
  assert.equal(parse(bytes).length, rowCount / part + 1);
  const value = medianSeconds(() => parse(bytes), 3) * part;
  return { name: "split the same rows by csv-parse alone", value, unit: "s", met: null, note: "from 10,000 rows" };
}

function makeProfile(): Profile {
  return {
    kind: "profile",
    version: 1,
    made: { tool: "bench", at: "2026-01-31T12:00:00Z", seed: "rows", inputs: [] },
    device: {
      name: "made up",
      kind: "cpu",
      processor: "none",
      cores: 8,
      memoryBytes: 64e9,
      partitionSchemes: [{ kind: "cpu-share", granularity: 0.05, total: 1 }],
      powerModes: [{ name: "default" }],
      defaultPartition: { kind: "whole" },
      synthetic: true,
    },
    workloads: names.map((name) => ({
      name,
      task: "inference",
      engine: { engine: "recorded", source: "bench" },
      batches: [1, 2, 4, 8, 16],
    })),
    protocol: {
      version: 1,
      rounds: rowCount / 100,
      warmupIterations: 20,
      warmupSeconds: 3,
      warmupBudgetSeconds: 30,
      minimumSamples: 30,
      budgetSeconds: 120,
      targetQuantile: 0.5,
      targetPrecision: 0.02,
      confidence: 0.99,
    },
    environments: {},
    warnings: [],
    measurements: Array.from({ length: rowCount }, measurementMaker()),
  };
}

const names = ["resnet18", "resnet50", "vgg16", "bert", "mobilenet"];

/** Makes the i-th row of a campaign: five workloads, four shares, five batch sizes, round by round. */
function measurementMaker(): (_: unknown, i: number) => Measurement {
  const random = seededRandom("rows");
  const environment = digest("environment").slice(0, 16);
  const share = (i: number) => [0.1, 0.25, 0.5, 1][Math.floor(i / 5) % 4]!;
  const workload = (i: number) => names[i % 5]!;
  return (_, i) => ({
    id: digest(i).slice(0, 16),
    point: {
      config: {
        workload: workload(i),
        powerMode: "default",
        partition: { kind: "cpu-share", share: share(i) },
        batch: 2 ** (Math.floor(i / 20) % 5),
      },
      neighbours: [],
      load: { kind: "closed", inFlight: 1 },
      round: Math.floor(i / 100),
    },
    position: i % 100,
    seed: `campaign/${Math.floor(i / 100)}`,
    baseline: false,
    environment,
    startedAt: new Date(1.79e12 + i * 1e4).toISOString(),
    mechanism: "cgroup-v1 quota, period 5 ms",
    flags: i % 9 === 0 ? ["imprecise"] : [],
    outcome:
      i % 50 === 49
        ? { kind: "infeasible", reason: "out of memory" }
        : { kind: "measured", results: makeResults(() => random.next(), i) },
  });
}

/** Percentiles are samples of a clock with a step of 1 ns; what is computed from them has all digits. */
function makeResults(uniform: () => number, i: number): MeasurementResults {
  const median = 0.005 + 0.01 * uniform();
  const sample = (factor: number) => Math.round(median * factor * 1e9) / 1e9;
  const at = (factor: number) => ({
    value: sample(factor),
    low: sample(factor * (0.97 + 0.02 * uniform())),
    high: sample(factor * (1.01 + 0.1 * uniform())),
  });
  const tooFew = (needed: number) => `needs ${needed} effective samples, got ${90 + (i % 50)}`;
  const noMeter = "RAPL is not readable, run as root";
  return {
    samples: 100 + (i % 77),
    samplesEffective: 90 + uniform(),
    autocorrelation: uniform() - 0.5,
    warmupSamples: 20,
    windowSeconds: 3 + uniform(),
    stoppedBy: "precision",
    precision: 0.02 * uniform(),
    latency: { mean: median * (1 + 0.01 * uniform()), p50: at(1), p90: at(1.2), p95: at(1.3), p99: null, p999: null },
    throughputPerSecond: 1 / median,
    cpuSeconds: 2 * median,
    memoryPeakBytes: 123_456_789 + i,
    powerMeanWatts: null,
    energyPerRequestJoules: null,
    outliersMild: i % 4,
    outliersSevere: i % 2,
    errorFraction: 0,
    nulls: {
      latency_p99_s: tooFew(528),
      latency_p999_s: tooFew(5296),
      power_mean_w: noMeter,
      energy_per_request_j: noMeter,
    },
  };
}
