import { devices } from "@partitune/profiler";
import {
  formatPartition,
  type Measurement,
  type Partition,
  type Profile,
  parsePartition,
  type Surrogate,
} from "@partitune/schema";
import { findCandidates } from "@partitune/solver";
import { expect, test } from "vitest";
import { allowsPartition } from "../../packages/solver/src/allowsPartition.ts";
import { device, made, share, workload } from "./fixtures.ts";

function row(name: string, partition: Partition, batch: number, flags: Measurement["flags"] = []): Measurement {
  return {
    id: "x",
    point: {
      config: { workload: name, powerMode: "default", partition, batch },
      neighbours: [],
      load: { kind: "closed", inFlight: 1 },
      round: 0,
    },
    position: 0,
    seed: "1",
    baseline: false,
    environment: "e",
    startedAt: "2026-01-01T00:00:00Z",
    mechanism: "none",
    flags,
    outcome: { kind: "measured", results: {} as never },
  };
}

function profileOf(measurements: readonly Measurement[]): Profile {
  return { kind: "profile", device, workloads: [workload("a"), workload("b")], measurements } as unknown as Profile;
}

test("candidates are what was measured, and the grid between", () => {
  const { a } = findCandidates(
    profileOf([
      row("a", share(0.4), 4),
      row("a", share(0.25), 1),
      row("a", { kind: "whole" }, 1),
      row("b", share(0.8), 2),
    ]),
  );
  expect(a!.partitions.map(formatPartition)).toEqual([
    "cpu-share:0.25",
    "cpu-share:0.3",
    "cpu-share:0.35",
    "cpu-share:0.4",
    "whole",
  ]);
  expect(a!.batches).toEqual([1, 4]);
});

test("invalid rows offer nothing", () => {
  const found = findCandidates(profileOf([row("a", share(0.4), 4, ["throttled"]), row("a", share(0.3), 1)]));
  expect(found.a!.partitions.map(formatPartition)).toEqual(["cpu-share:0.3"]);
});

test("what the device no longer allows is left out", () => {
  const found = findCandidates(
    profileOf([row("a", share(0.33), 1), row("a", { kind: "core-set", cores: [0, 7] }, 1), row("a", share(0.5), 1)]),
  );
  expect(found.a!.partitions.map(formatPartition)).toEqual([
    "cpu-share:0.35",
    "cpu-share:0.4",
    "cpu-share:0.45",
    "cpu-share:0.5",
  ]);
});

test("a fine grid is thinned evenly to at most a hundred shares", () => {
  const fine = { ...device, partitionSchemes: [{ kind: "cpu-share" as const, granularity: 0.001, total: 1 }] };
  const profile = { ...profileOf([row("a", share(0.1), 1), row("a", share(1), 1)]), device: fine };
  const count = findCandidates(profile).a!.partitions.length;
  expect(count).toBeGreaterThan(50);
  expect(count).toBeLessThanOrEqual(102);
});

test("a surrogate offers the configurations it was fitted to", () => {
  const residuals = [
    {
      partition: "cpu-share:0.5",
      powerMode: "default",
      batch: 2,
      measured: 1,
      predicted: { value: 1, low: null, high: null },
    },
    {
      partition: "cpu-share:0.4",
      powerMode: "default",
      batch: 8,
      measured: 1,
      predicted: { value: 1, low: null, high: null },
    },
  ];
  const surrogate = {
    kind: "surrogate",
    made,
    device,
    workloads: [workload("a")],
    fits: [{ workload: "a", residuals }],
  };
  const { a } = findCandidates(surrogate as unknown as Surrogate);
  expect(a!.partitions.map(formatPartition)).toEqual(["cpu-share:0.4", "cpu-share:0.45", "cpu-share:0.5"]);
  expect(a!.batches).toEqual([2, 8]);
});

test("a device allows shares on its grid, cores that exist, and itself", () => {
  expect(allowsPartition(device, share(0.15))).toBe(true);
  expect(allowsPartition(device, share(0.151))).toBe(false);
  expect(allowsPartition(device, { kind: "core-set", cores: [3] })).toBe(true);
  expect(allowsPartition(device, { kind: "core-set", cores: [4] })).toBe(false);
  expect(allowsPartition({ ...device, partitionSchemes: [{ kind: "core-set" }] }, { kind: "whole" })).toBe(false);
});

test("a MIG instance that was measured anywhere is offered at each of its starts", () => {
  const measured = [parsePartition("mig:3g.40gb"), parsePartition("mig:2g.20gb@2"), parsePartition("mps-share:0.5")];
  const profile = { ...profileOf(measured.map((partition) => row("a", partition, 1))), device: devices.a100 };
  expect(findCandidates(profile).a!.partitions.map(formatPartition)).toEqual([
    "mps-share:0.5",
    "mig:2g.20gb@0",
    "mig:2g.20gb@2",
    "mig:2g.20gb@4",
    "mig:3g.40gb@0",
    "mig:3g.40gb@4",
  ]);
});

test.each([
  ["mig:3g.40gb@4", true],
  ["mig:3g.40gb@2", false],
  ["mig:3g.20gb", false],
  ["mps-share:0.01", false],
  ["mps-share:0.02", true],
  ["sm-partition:6", false],
  ["green-context:6", true],
])("an A100 allows %s: %s", (text, allowed) => {
  expect(allowsPartition(devices.a100, parsePartition(text))).toBe(allowed);
});
