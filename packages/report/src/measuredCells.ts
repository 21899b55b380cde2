import {
  type Config,
  type Device,
  type Estimate,
  formatPartition,
  isOneInFlight,
  isValid,
  type Measurement,
  type MeasurementResults,
  type Metric,
  type Partition,
  type Profile,
  partitionFraction,
} from "@partitune/schema";

/** All rounds of one configuration, measured alone with one batch in flight; or the place in the grid where they are missing. */
export interface MeasuredCell {
  readonly config: Config;
  /** Part of the device, 0 to 1. */
  readonly fraction: number;
  /** True for the default configuration. */
  readonly baseline: boolean;
  /** Results of the valid rounds; empty when there is none. */
  readonly rounds: readonly MeasurementResults[];
  /** Why there is no valid round; null when there is one. */
  readonly missing: "not measured" | "infeasible" | "failed" | "invalid" | null;
  /** The missing round's own words. */
  readonly reason: string;
}

/**
 * The grid of a profile: every workload and power mode, every partition × batch that any configuration of it had.
 *
 * Cells without a valid measurement are in the list, so that a picture can show them missing. Order: workloads and power modes as the profile has
 * them, then rising shares and batches. The default configuration adds
 * its own cell, not a row or column. Rows with neighbours, several processes or under open load answer other questions and are left out.
 */
export function measuredCells(profile: Profile): MeasuredCell[] {
  const rows = profile.measurements.filter(isAloneAtCapacity);
  const byConfig = Map.groupBy(rows, (row) => keyOf(row.point.config));
  const groups = Map.groupBy(rows, ({ point }) => JSON.stringify([point.config.workload, point.config.powerMode]));
  const cells = [...groups.values()].flatMap((group) =>
    gridOf(group).map((config) => toCell(config, byConfig.get(keyOf(config)) ?? [], profile.device)),
  );
  const names = profile.workloads.map(({ name }) => name);
  const modes = profile.device.powerModes.map(({ name }) => name);
  return cells.sort(
    (a, b) =>
      names.indexOf(a.config.workload) - names.indexOf(b.config.workload) ||
      modes.indexOf(a.config.powerMode) - modes.indexOf(b.config.powerMode) ||
      a.fraction - b.fraction ||
      a.config.batch - b.config.batch,
  );
}

/** True for the rows that capacity pictures show: no neighbours, one process, one batch in flight. */
export function isAloneAtCapacity({ point }: Measurement): boolean {
  const isOne = (point.config.processes ?? 1) === 1;
  return isOne && point.neighbours.length === 0 && isOneInFlight(point.load);
}

/** Number of rows that {@link measuredCells} leaves out. */
export function countLeftOut(profile: Profile): number {
  return profile.measurements.filter((row) => !isAloneAtCapacity(row)).length;
}

/** A metric of one measurement; null where it has none. */
export function metricEstimate(results: MeasurementResults, metric: Metric): Estimate | null {
  return metricReaders[metric](results);
}

/** A metric over the rounds of a cell: the middle round's value, within the outermost ends of all rounds' intervals. */
export function cellEstimate(cell: MeasuredCell, metric: Metric): Estimate | null {
  const rounds = cell.rounds.map((results) => metricEstimate(results, metric)).filter((value) => value !== null);
  if (rounds.length === 0) return null;
  const values = rounds.map(({ value }) => value).sort((a, b) => a - b);
  const value = values[Math.floor((values.length - 1) / 2)]!;
  return {
    value,
    low: outermost(
      rounds.map(({ low }) => low),
      Math.min,
    ),
    high: outermost(
      rounds.map(({ high }) => high),
      Math.max,
    ),
  };
}

const metricReaders: Readonly<Record<Metric, (results: MeasurementResults) => Estimate | null>> = {
  latency_mean_s: ({ latency }) => open(latency.mean),
  latency_p50_s: ({ latency }) => latency.p50,
  latency_p90_s: ({ latency }) => latency.p90,
  latency_p99_s: ({ latency }) => latency.p99,
  throughput_per_s: ({ throughputPerSecond }) => open(throughputPerSecond),
  cpu_s: ({ cpuSeconds }) => open(cpuSeconds),
  memory_peak_bytes: ({ memoryPeakBytes }) => open(memoryPeakBytes),
  power_mean_w: ({ powerMeanWatts }) => open(powerMeanWatts),
  energy_per_request_j: ({ energyPerRequestJoules }) => open(energyPerRequestJoules),
};

function open(value: number | null): Estimate | null {
  return value === null ? null : { value, low: null, high: null };
}

function outermost(bounds: readonly (number | null)[], choose: (...values: number[]) => number): number | null {
  return bounds.includes(null) ? null : choose(...bounds.filter((bound) => bound !== null));
}

function gridOf(rows: readonly Measurement[]): Config[] {
  const swept = rows.filter((row) => !row.baseline).map(({ point }) => point.config);
  const { workload, powerMode } = rows[0]!.point.config;
  const partitions = new Map<string, Partition>(swept.map(({ partition }) => [formatPartition(partition), partition]));
  const batches = [...new Set(swept.map(({ batch }) => batch))];
  const grid = [...partitions.values()].flatMap((partition) =>
    batches.map((batch) => ({ workload, powerMode, partition, batch })),
  );
  const known = new Set(grid.map(keyOf));
  const baselines = new Map(rows.map(({ point }) => [keyOf(point.config), point.config]));
  return [...grid, ...[...baselines].filter(([key]) => !known.has(key)).map(([, config]) => config)];
}

function toCell(config: Config, rows: readonly Measurement[], device: Device): MeasuredCell {
  const rounds = rows.flatMap((row) => (isValid(row) && row.outcome.kind === "measured" ? [row.outcome.results] : []));
  return {
    config,
    fraction: partitionFraction(config.partition, device),
    baseline: rows.some((row) => row.baseline),
    rounds,
    ...(rounds.length > 0 ? { missing: null, reason: "" } : whyMissing(rows)),
  };
}

function whyMissing(rows: readonly Measurement[]): Pick<MeasuredCell, "missing" | "reason"> {
  const last = rows.at(-1);
  if (last === undefined) return { missing: "not measured", reason: "not measured" };
  if (last.outcome.kind === "measured") return { missing: "invalid", reason: last.flags.join(", ") };
  return { missing: last.outcome.kind, reason: last.outcome.reason };
}

function keyOf(config: Config): string {
  return JSON.stringify([config.workload, config.powerMode, formatPartition(config.partition), config.batch]);
}
