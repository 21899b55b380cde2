import type { Measurement, MeasurementResults, Profile } from "@partitune/schema";

const results: MeasurementResults = {
  samples: 1000,
  samplesEffective: 812.5,
  autocorrelation: -0.104,
  warmupSamples: 20,
  windowSeconds: 12.75,
  stoppedBy: "precision",
  precision: 0.0175,
  latency: {
    mean: 0.0123456789012345,
    p50: { value: 0.012, low: 0.0119, high: 0.0121 },
    p90: { value: 0.014, low: 0.0138, high: 0.0145 },
    p95: { value: 0.015, low: 0.0147, high: null },
    p99: null,
    p999: null,
  },
  throughputPerSecond: 81.3,
  cpuSeconds: 0.024,
  memoryPeakBytes: 123456789,
  powerMeanWatts: null,
  energyPerRequestJoules: null,
  outliersMild: 7,
  outliersSevere: 0,
  errorFraction: 0,
  nulls: { latency_p99_s: "needs 528 effective samples, got 500", power_mean_w: 'no "meter"' },
};

/** A small profile in which every field holds something worth keeping. */
export const exampleProfile: Profile = {
  kind: "profile",
  version: 1,
  made: {
    tool: "partitune 0.1.0",
    at: "2026-01-31T12:00:00.000Z",
    seed: "seven",
    inputs: [{ name: "resnet18.onnx", sha256: "ab".repeat(32) }],
  },
  device: {
    name: "desk",
    kind: "cpu",
    processor: "Example 2000",
    cores: 4,
    memoryBytes: 8e9,
    partitionSchemes: [{ kind: "whole" }, { kind: "cpu-share", granularity: 0.05, total: 1 }, { kind: "core-set" }],
    powerModes: [{ name: "default" }, { name: "15W", powerCapWatts: 15 }],
    defaultPartition: { kind: "whole" },
    synthetic: false,
  },
  workloads: [
    { name: "resnet18", task: "inference", engine: { engine: "onnx", model: "zoo:resnet18@112" }, batches: [1, 4] },
    { name: 'my "big", net', task: "training", engine: { engine: "command", command: ["./run"] }, batches: [2] },
  ],
  protocol: {
    version: 1,
    rounds: 2,
    warmupIterations: 20,
    warmupSeconds: 3,
    warmupBudgetSeconds: 30,
    minimumSamples: 30,
    budgetSeconds: 120,
    targetQuantile: 0.5,
    targetPrecision: 0.02,
    confidence: 0.99,
  },
  environments: { e1: { kernel: "6.1" } },
  warnings: [{ code: "unsteady", where: "resnet18", cause: "noise", advice: "close other programs" }],
  measurements: exampleMeasurements(),
};

function exampleMeasurements(): readonly Measurement[] {
  const common = {
    seed: "seven/0",
    baseline: false,
    environment: "e1",
    startedAt: "2026-01-31T12:00:00.000Z",
    mechanism: "cgroup-v2, period 5 ms",
    flags: [],
  } as const;
  const point = (workload: string, share: number, batch: number) =>
    ({
      config: { workload, powerMode: "default", partition: { kind: "cpu-share", share }, batch },
      neighbours: [],
      load: { kind: "closed", inFlight: 1 },
      round: 0,
    }) as const;
  return [
    { ...common, id: "a", point: point("resnet18", 0.5, 1), position: 1, outcome: { kind: "measured", results } },
    {
      ...common,
      id: "b",
      point: {
        config: {
          workload: 'my "big", net',
          powerMode: "15W",
          partition: { kind: "core-set", cores: [0, 2] },
          batch: 2,
        },
        neighbours: [point("resnet18", 0.25, 4).config],
        load: { kind: "poisson", ratePerSecond: 12.5 },
        round: 1,
      },
      position: 0,
      baseline: true,
      flags: ["unsteady", "imprecise"],
      outcome: { kind: "measured", results: { ...results, precision: null, nulls: {} } },
    },
    {
      ...common,
      id: "c",
      point: point("resnet18", 0.1, 4),
      position: 2,
      outcome: { kind: "infeasible", reason: "out of memory:\nasked for 9 GB" },
    },
    { ...common, id: "d", point: point("resnet18", 1, 4), position: 3, outcome: { kind: "failed", reason: "" } },
  ];
}
