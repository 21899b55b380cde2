import { basename } from "node:path";
import {
  type Config,
  formatConfig,
  type Made,
  type Measurement,
  type MeasurementPoint,
  type MeasurementResults,
  type Partition,
  type Profile,
  type Protocol,
  type Warning,
  type Workload,
} from "@partitune/schema";
import { environmentId, type IdentifiedWorkload, measurementId } from "../identity.ts";
import { isOverCap } from "../isOverCap.ts";
import { modeTable } from "../modeTable.ts";
import { powerModesByName } from "../powerModesByName.ts";
import { warnOfRows } from "../warnOfRows.ts";
import { type ImportedDevice, importedModeName } from "./importedDevice.ts";
import type { TableResults, TableRow } from "./tableRow.ts";
import { warnOfTable } from "./warnOfTable.ts";

/** A row, and the partition it was measured on. */
export interface PlacedRow extends TableRow {
  readonly partition: Partition;
}

/** What a foreign table does not say of itself. */
export interface ImportedTable extends ImportedDevice {
  readonly rows: readonly PlacedRow[];
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
  readonly row: PlacedRow;
  readonly round: number;
}

/**
 * A profile from the rows of a foreign table. A row is one measured run, a minibatch or a whole epoch: throughput and energy then count minibatch
 * items, or epochs. Rows of the same configuration become rounds.
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

function takesOf(rows: readonly PlacedRow[]): readonly Take[] {
  const counts = new Map<string, number>();
  return rows.map((row) => {
    const key = formatConfig(configOf(row));
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
  const config = configOf(row);
  const powerWatts = row.results?.powerWatts ?? null;
  const point: MeasurementPoint = {
    config,
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
    flags: isOverCap(powerWatts, powerModesByName(table.device).get(config.powerMode)!) ? ["over-cap"] : [],
    outcome:
      row.results === null
        ? { kind: "infeasible", reason: "the table has zeros for it: it did not run" }
        : { kind: "measured", results: resultsOf(row.results) },
  };
}

/** One process is written by saying nothing. */
export function configOf({ workload, settings, partition, batch, processes }: PlacedRow): Config {
  const config = { workload, powerMode: importedModeName(settings), partition, batch };
  return processes === 1 ? config : { ...config, processes };
}

const untold = "the table does not tell";
const single = "the table has one number for each configuration";

function resultsOf(row: TableResults): MeasurementResults {
  const { timeSeconds, meanSeconds, percentiles, throughputPerSecond, powerWatts, memoryBytes, samples } = row;
  const estimate = (value: number | undefined) => (value === undefined ? null : { value, low: null, high: null });
  return {
    samples,
    samplesEffective: samples,
    autocorrelation: 0,
    warmupSamples: 0,
    windowSeconds: timeSeconds * samples,
    stoppedBy: "budget",
    precision: null,
    latency: {
      mean: meanSeconds,
      p50: { value: timeSeconds, low: null, high: null },
      p90: estimate(percentiles.p90),
      p95: estimate(percentiles.p95),
      p99: estimate(percentiles.p99),
      p999: null,
    },
    throughputPerSecond,
    cpuSeconds: null,
    memoryPeakBytes: memoryBytes ?? null,
    powerMeanWatts: powerWatts ?? null,
    energyPerRequestJoules: powerWatts === undefined ? null : powerWatts / throughputPerSecond,
    outliersMild: 0,
    outliersSevere: 0,
    errorFraction: 0,
    nulls: nullsOf(row),
  };
}

function nullsOf({ percentiles, powerWatts, memoryBytes }: TableResults): MeasurementResults["nulls"] {
  const quantiles = (["p90", "p95", "p99", "p999"] as const).filter(
    (name) => name === "p999" || percentiles[name] === undefined,
  );
  const power = powerWatts === undefined ? { power_mean_w: untold, energy_per_request_j: untold } : {};
  return {
    precision_ratio: single,
    ...Object.fromEntries(quantiles.map((name) => [`latency_${name}_s`, single])),
    cpu_s: untold,
    ...(memoryBytes === undefined ? { memory_peak_bytes: untold } : {}),
    ...power,
  };
}
