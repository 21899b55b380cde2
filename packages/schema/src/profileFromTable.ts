import { statSync } from "node:fs";
import { assumedColumnsWarning } from "./assumedColumnsWarning.ts";
import { describeInput } from "./describeInput.ts";
import type { Device } from "./device.ts";
import { impliedDevice } from "./impliedDevice.ts";
import type { Measurement } from "./measurement.ts";
import type { Profile, Protocol } from "./profile.ts";
import type { MeasurementTable } from "./readMeasurements.ts";
import type { Warning } from "./warning.ts";
import type { Workload } from "./workload.ts";

/**
 * A profile around a bare table: the least device, workloads and protocol that its rows imply, with warnings that say so.
 *
 * @param path  the table's file
 * @throws InputError when no published card has the MIG profiles of its rows
 */
export function profileFromTable(path: string, table: MeasurementTable): Profile {
  const { measurements, absent } = table;
  const device = impliedDevice(
    distinct(measurements, (row) => row.point.config.partition),
    distinct(measurements, (row) => row.point.config.powerMode),
  );
  return {
    kind: "profile",
    version: 1,
    made: { tool: "unknown", at: statSync(path).mtime.toISOString(), seed: null, inputs: [describeInput(path)] },
    device,
    workloads: impliedWorkloads(path, measurements),
    protocol: { ...unknownProtocol, rounds: new Set(measurements.map((row) => row.point.round)).size },
    environments: Object.fromEntries(distinct(measurements, (row) => row.environment).map((name) => [name, {}])),
    warnings: [unknownDevice(path, device), ...(absent.length === 0 ? [] : [assumedColumnsWarning(path, absent)])],
    measurements,
  };
}

function impliedWorkloads(path: string, measurements: readonly Measurement[]): readonly Workload[] {
  const batches = new Map<string, Set<number>>();
  for (const { workload, batch } of distinct(measurements, (row) => row.point.config)) {
    batches.set(workload, (batches.get(workload) ?? new Set()).add(batch));
  }
  return [...batches].map(([name, sizes]) => ({
    name,
    task: "inference",
    engine: { engine: "recorded", source: path },
    batches: [...sizes].sort((a, b) => a - b),
  }));
}

function distinct<T>(measurements: readonly Measurement[], pick: (row: Measurement) => T): readonly T[] {
  return [...new Set(measurements.map(pick))];
}

/** The least a protocol can say. */
const unknownProtocol: Omit<Protocol, "rounds"> = {
  version: 1,
  warmupIterations: 1,
  warmupSeconds: 0,
  warmupBudgetSeconds: 1,
  minimumSamples: 1,
  budgetSeconds: 1,
  targetQuantile: 0.5,
  targetPrecision: 1,
  confidence: 0.99,
};

function unknownDevice(path: string, device: Device): Warning {
  return {
    code: "unknown-device",
    where: path,
    cause: `a table does not say what it was measured on: ${device.cores} core${device.cores === 1 ? "" : "s"} and no memory limit are assumed, and intervals count as 99 %`,
    advice: "put a profile.json with the device beside measurements.csv",
  };
}
