import { devices } from "@partitune/profiler";
import type { Device, Measurement, MeasurementResults, Partition, Profile } from "@partitune/schema";
import { publishedRows } from "./fixtures.ts";

/** One row of a profile made up for a test. */
export interface ProfileRow {
  readonly workload: string;
  readonly partition: Partition;
  readonly batch: number;
  /** Median time of a batch, s. */
  readonly seconds: number;
  /** Upper end of its interval; the time itself when absent, null when open. */
  readonly high?: number | null;
  readonly p99?: number;
  readonly processes?: number;
  /** Of all processes, requests per second; as many as the time allows when absent. */
  readonly throughput?: number;
  readonly memoryBytes?: number;
  readonly watts?: number;
  readonly powerMode?: string;
  readonly change?: Partial<Measurement>;
}

/** A synthetic profile of a card, from rows; a workload named "idle" is the idle card. */
export function profileOf(rows: readonly ProfileRow[], device: Device = { ...devices.a100, synthetic: true }): Profile {
  const names = [...new Set(rows.map(({ workload }) => workload))];
  return {
    kind: "profile",
    version: 1,
    made: { tool: "partitune 0.1.0", at: "2026-01-01T00:00:00Z", seed: null, inputs: [] },
    device,
    workloads: names.map((name) => ({
      name,
      task: name === "idle" ? "idle" : "inference",
      engine: name === "idle" ? { engine: "idle" } : { engine: "recorded", source: "made up for a test" },
      batches: [...new Set(rows.filter(({ workload }) => workload === name).map(({ batch }) => batch))].sort(
        (a, b) => a - b,
      ),
    })),
    protocol: {
      version: 1,
      rounds: 1,
      warmupIterations: 1,
      warmupSeconds: 0,
      warmupBudgetSeconds: 1,
      minimumSamples: 1,
      budgetSeconds: 1,
      targetQuantile: 0.5,
      targetPrecision: 0.02,
      confidence: 0.99,
    },
    environments: { made: {} },
    warnings: [],
    measurements: rows.map(toMeasurement),
  };
}

function toMeasurement(row: ProfileRow, position: number): Measurement {
  const { workload, partition, batch, processes, powerMode = "default", change } = row;
  const config = { workload, powerMode, partition, batch, ...(processes === undefined ? {} : { processes }) };
  return {
    id: `row ${position}`,
    point: { config, neighbours: [], load: { kind: "closed", inFlight: 1 }, round: 0 },
    position,
    seed: "none",
    baseline: false,
    environment: "made",
    startedAt: "2026-01-01T00:00:00Z",
    mechanism: "made up",
    flags: [],
    outcome: { kind: "measured", results: toResults(row) },
    ...change,
  };
}

function toResults({ batch, seconds, processes = 1, p99, throughput, ...row }: ProfileRow): MeasurementResults {
  const high = row.high === undefined ? seconds : row.high;
  return {
    samples: 1000,
    samplesEffective: 1000,
    autocorrelation: 0,
    warmupSamples: 1,
    windowSeconds: 1,
    stoppedBy: "precision",
    precision: 0.01,
    latency: {
      mean: seconds,
      p50: { value: seconds, low: seconds, high },
      p90: null,
      p95: null,
      p99: p99 === undefined ? null : { value: p99, low: null, high: null },
      p999: null,
    },
    throughputPerSecond: throughput ?? (processes * batch) / seconds,
    cpuSeconds: null,
    memoryPeakBytes: row.memoryBytes ?? null,
    powerMeanWatts: row.watts ?? null,
    energyPerRequestJoules: null,
    outliersMild: 0,
    outliersSevere: 0,
    errorFraction: 0,
    nulls: {},
  };
}

const slices = { "1g.10gb": 1, "2g.20gb": 2, "3g.40gb": 3, "4g.40gb": 4, "7g.80gb": 7 } as const;

/** Idle power of the synthetic card below, W. */
export const idleWatts = 60;

/**
 * A synthetic profile of three networks on an A100: on MIG instances with one and two processes, on MPS shares, and whole; a part of every
 * batch's time that compute does not shorten, and one that it does.
 *
 * @param modes  power modes by name: factor on the times, and on the power added
 */
export function smallFleetProfile(
  modes: Readonly<Record<string, readonly [times: number, power: number]>> = { default: [1, 1] },
): Profile {
  const models = { resnet50: [0.002, 0.004], vgg16: [0.001, 0.009], bert: [0.004, 0.05] } as const;
  const rows = Object.entries(modes).flatMap(([powerMode, [times, power]]) => [
    { workload: "idle", partition: { kind: "whole" } as const, batch: 1, seconds: 1, watts: idleWatts, powerMode },
    ...Object.entries(models).flatMap(([workload, [fixed, work]]) => {
      const row = (partition: Partition, part: number, batch: number, processes: number): ProfileRow => ({
        workload,
        partition,
        batch,
        ...(processes === 1 ? {} : { processes }),
        seconds: times * (fixed + (work * batch * processes ** 0.9) / (7 * part)),
        memoryBytes: processes * (1.5 + 0.05 * batch) * 2 ** 30,
        watts: idleWatts + power * 200 * part,
        powerMode,
      });
      return [1, 2, 4, 8, 16].flatMap((batch) => [
        ...Object.entries(slices).flatMap(([profile, count]) =>
          [1, 2].map((processes) => row({ kind: "mig", profile }, count / 7, batch, processes)),
        ),
        ...[0.2, 0.4, 0.6, 0.8, 1].map((share) => row({ kind: "mps-share", share }, share, batch, 1)),
        row({ kind: "whole" }, 1, batch, 1),
      ]);
    }),
  ]);
  const powerModes = Object.keys(modes).map((name) => ({ name }));
  return profileOf(rows, { ...devices.a100, powerModes, synthetic: true });
}

const publishedSizes = { "1g": "1g.10gb", "2g": "2g.20gb", "3g": "3g.40gb", "4g": "4g.40gb", "7g": "7g.80gb" } as const;

/** The published profile of eleven networks on MIG pieces of an A100, as a profile; its times have no intervals. */
export function publishedProfile(mostProcesses: number): Profile {
  const rows = publishedRows().filter(
    ({ processes, ratePerSecond }) => processes <= mostProcesses && ratePerSecond > 0,
  );
  return profileOf(
    rows.map(({ model, piece, batch, processes, latencySeconds, ratePerSecond }) => ({
      workload: model,
      partition: { kind: "mig", profile: publishedSizes[piece as keyof typeof publishedSizes] },
      batch,
      ...(processes === 1 ? {} : { processes }),
      seconds: latencySeconds,
      high: null,
      throughput: ratePerSecond,
    })),
    devices.a100,
  );
}
