import { basename } from "node:path";
import type {
  Made,
  Measurement,
  MeasurementPoint,
  MeasurementResults,
  Profile,
  Protocol,
  Warning,
  Workload,
} from "@partitune/schema";
import { environmentId, type IdentifiedWorkload, measurementId } from "../identity.ts";
import { isOverCap } from "../isOverCap.ts";
import { modeTable } from "../modeTable.ts";
import { powerModesByName } from "../powerModesByName.ts";
import { warnOfRows } from "../warnOfRows.ts";
import { type ImportedDevice, importedModeName } from "./importedDevice.ts";
import type { SettingRow } from "./readSettingTable.ts";
import { warnOfTable } from "./warnOfTable.ts";

/** What a foreign table does not say of itself. */
export interface ImportedTable extends ImportedDevice {
  readonly rows: readonly SettingRow[];
  readonly task: "inference" | "training";
  readonly run: NonNullable<Workload["run"]>;
  readonly made: Made;
  /** Columns that were left out. */
  readonly unmapped: readonly string[];
}

/** No rules are known by which a foreign table was measured. */
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

/** A row and the number of the earlier ones with the same settings. */
interface Take {
  readonly row: SettingRow;
  readonly round: number;
}

/**
 * A profile from the rows of a foreign table. A row is one measured run, a minibatch or a whole epoch: throughput and energy then count minibatch
 * items, or epochs. Rows with the same settings become rounds.
 */
export function importedProfile(table: ImportedTable): Profile {
  const { rows, device, made, assumedDefault, unmapped } = table;
  const source = [...new Set(rows.map(({ file }) => basename(file)))].join(", ");
  const workloads = workloadsOf(table, source);
  const facts = { imported: source };
  const environment = environmentId(facts, device);
  const takes = takesOf(rows);
  const identified = new Map(workloads.map((workload) => [workload.name, { workload, identity: source }]));
  const measurements = takes.map((take, position) => toMeasurement(take, position, { table, environment, identified }));
  const profile: Profile = {
    kind: "profile",
    version: 1,
    made,
    device,
    workloads,
    protocol: { ...unknownProtocol, rounds: Math.max(...takes.map(({ round }) => round)) + 1 },
    environments: { [environment]: facts },
    warnings: [],
    measurements,
  };
  const warnings: readonly Warning[] = [
    ...warnOfTable({
      source,
      device,
      rows,
      unmapped,
      assumedDefault,
      repeats: takes.filter((take) => take.round > 0).length,
    }),
    ...warnOfRows(measurements),
    ...modeTable(profile).warnings(),
  ];
  return { ...profile, warnings };
}

function workloadsOf({ rows, task, run }: ImportedTable, source: string): readonly Workload[] {
  const batches = new Map<string, Set<number>>();
  for (const { workload, batch } of rows) batches.set(workload, (batches.get(workload) ?? new Set()).add(batch));
  return [...batches].map(([name, sizes]) => ({
    name,
    task,
    engine: { engine: "recorded", source },
    batches: [...sizes].sort((a, b) => a - b),
    ...(run === "batch" ? {} : { run }),
  }));
}

function takesOf(rows: readonly SettingRow[]): readonly Take[] {
  const counts = new Map<string, number>();
  return rows.map((row) => {
    const key = `${row.workload} ${row.batch} ${importedModeName(row.settings)}`;
    const round = counts.get(key) ?? 0;
    counts.set(key, round + 1);
    return { row, round };
  });
}

interface Context {
  readonly table: ImportedTable;
  readonly environment: string;
  readonly identified: ReadonlyMap<string, IdentifiedWorkload>;
}

function toMeasurement(
  { row, round }: Take,
  position: number,
  { table, environment, identified }: Context,
): Measurement {
  const powerMode = importedModeName(row.settings);
  const { workload, batch, powerWatts } = row;
  const point: MeasurementPoint = {
    config: { workload, powerMode, partition: table.device.defaultPartition, batch },
    neighbours: [],
    load: { kind: "closed", inFlight: 1 },
    round,
  };
  return {
    id: measurementId(point, { kind: "point" }, identified),
    point,
    position,
    seed: "unknown",
    baseline: false,
    environment,
    startedAt: table.made.at,
    mechanism: "imported",
    flags: isOverCap(powerWatts, powerModesByName(table.device).get(powerMode)!) ? ["over-cap"] : [],
    outcome: { kind: "measured", results: resultsOf(row, table.run === "epoch" ? 1 : batch) },
  };
}

const untold = "the table does not tell";
const single = "the table has one number for each configuration";
const nulls: MeasurementResults["nulls"] = {
  precision_ratio: single,
  ...Object.fromEntries(["p90", "p95", "p99", "p999"].map((name) => [`latency_${name}_s`, single])),
  cpu_s: untold,
  memory_peak_bytes: untold,
};

/** @param items  what one run completes: the items of a minibatch, or one epoch */
function resultsOf({ timeSeconds, powerWatts }: SettingRow, items: number): MeasurementResults {
  const p50 = { value: timeSeconds, low: null, high: null };
  return {
    samples: 1,
    samplesEffective: 1,
    autocorrelation: 0,
    warmupSamples: 0,
    windowSeconds: timeSeconds,
    stoppedBy: "budget",
    precision: null,
    latency: { mean: timeSeconds, p50, p90: null, p95: null, p99: null, p999: null },
    throughputPerSecond: items / timeSeconds,
    cpuSeconds: null,
    memoryPeakBytes: null,
    powerMeanWatts: powerWatts,
    energyPerRequestJoules: (powerWatts * timeSeconds) / items,
    outliersMild: 0,
    outliersSevere: 0,
    errorFraction: 0,
    nulls,
  };
}
