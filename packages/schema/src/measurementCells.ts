import { formatClockReasons } from "./clockReasons.ts";
import type { Config } from "./config.ts";
import type { Estimate } from "./estimate.ts";
import { formatLoad } from "./load.ts";
import type { DeviceReadings, Measurement, MeasurementResults, ServingReadings } from "./measurement.ts";
import { type MeasurementColumn, measurementColumnNames } from "./measurementColumns.ts";
import { formatPartition } from "./partition.ts";

/** One row of the table: column → value; null where there is none. */
export type MeasurementCells = Readonly<Record<MeasurementColumn, string | number | null>>;

/**
 * A measurement as one flat row, a value per column. Texts are as they stand in the file; a row that was not measured has
 * null in every column of results.
 */
export function measurementCells(row: Measurement): MeasurementCells {
  const { point, outcome } = row;
  const { config } = point;
  return {
    ...noResults,
    id: row.id,
    workload: config.workload,
    power_mode: config.powerMode,
    partition: formatPartition(config.partition),
    batch_count: config.batch,
    processes_count: severalProcesses(config),
    load: formatLoad(point.load),
    round_index: point.round,
    position_index: row.position,
    seed: row.seed,
    baseline: String(row.baseline),
    environment: row.environment,
    started_at: row.startedAt,
    outcome: outcome.kind,
    flags: row.flags.join(" "),
    mechanism: row.mechanism,
    neighbours: formatNeighbours(point.neighbours),
    ...(outcome.kind === "measured" ? resultCells(outcome.results) : { reason: outcome.reason }),
  };
}

const noResults = Object.fromEntries(measurementColumnNames.map((name) => [name, null])) as MeasurementCells;

function formatNeighbours(neighbours: Measurement["point"]["neighbours"]): string {
  if (neighbours.length === 0) return "";
  return JSON.stringify(
    neighbours.map((neighbour) => {
      const { workload, powerMode, partition, batch } = neighbour;
      const processes = severalProcesses(neighbour);
      return [workload, powerMode, formatPartition(partition), batch, ...(processes === null ? [] : [processes])];
    }),
  );
}

/** Null for one process, however it is written. */
function severalProcesses({ processes = 1 }: Config): number | null {
  return processes === 1 ? null : processes;
}

function resultCells(results: MeasurementResults): Partial<MeasurementCells> {
  const { latency } = results;
  return {
    samples_count: results.samples,
    samples_effective_count: results.samplesEffective,
    autocorrelation_ratio: results.autocorrelation,
    warmup_samples_count: results.warmupSamples,
    window_s: results.windowSeconds,
    stopped_by: results.stoppedBy,
    precision_ratio: results.precision,
    latency_mean_s: latency.mean,
    ...percentileCells("p50", latency.p50),
    ...percentileCells("p90", latency.p90),
    ...percentileCells("p95", latency.p95),
    ...percentileCells("p99", latency.p99),
    ...percentileCells("p999", latency.p999),
    throughput_per_s: results.throughputPerSecond,
    cpu_s: results.cpuSeconds,
    memory_peak_bytes: results.memoryPeakBytes,
    power_mean_w: results.powerMeanWatts,
    energy_per_request_j: results.energyPerRequestJoules,
    outliers_mild_count: results.outliersMild,
    outliers_severe_count: results.outliersSevere,
    error_fraction: results.errorFraction,
    ...(results.device === undefined ? {} : deviceCells(results.device)),
    ...(results.serving === undefined ? {} : servingCells(results.serving)),
    nulls: Object.keys(results.nulls).length === 0 ? "" : JSON.stringify(results.nulls),
  };
}

function percentileCells(
  name: "p50" | "p90" | "p95" | "p99" | "p999",
  estimate: Estimate | null,
): Partial<MeasurementCells> {
  return {
    [`latency_${name}_s`]: estimate?.value ?? null,
    [`latency_${name}_low_s`]: estimate?.low ?? null,
    [`latency_${name}_high_s`]: estimate?.high ?? null,
  };
}

function servingCells(serving: ServingReadings): Partial<MeasurementCells> {
  return {
    offered_per_s: serving.offeredPerSecond,
    lateness_p99_s: serving.latenessSeconds,
    loop_delay_p99_s: serving.loopDelaySeconds,
    server_queue_mean_s: serving.queueSeconds,
    server_compute_mean_s: serving.computeSeconds,
  };
}

function deviceCells(device: DeviceReadings): Partial<MeasurementCells> {
  const { powerWatts, gpuHertz, memoryHertz, temperatureCelsius, busyFraction, clockReasons } = device;
  return {
    power_source: device.powerSource,
    power_integral_w: powerWatts?.mean ?? null,
    power_integral_least_w: powerWatts?.least ?? null,
    power_integral_most_w: powerWatts?.most ?? null,
    power_idle_w: device.idleWatts,
    gpu_clock_hz: gpuHertz?.mean ?? null,
    gpu_clock_least_hz: gpuHertz?.least ?? null,
    gpu_clock_most_hz: gpuHertz?.most ?? null,
    memory_clock_hz: memoryHertz?.mean ?? null,
    memory_clock_least_hz: memoryHertz?.least ?? null,
    memory_clock_most_hz: memoryHertz?.most ?? null,
    temperature_c: temperatureCelsius?.mean ?? null,
    temperature_least_c: temperatureCelsius?.least ?? null,
    temperature_most_c: temperatureCelsius?.most ?? null,
    busy_fraction: busyFraction?.mean ?? null,
    busy_least_fraction: busyFraction?.least ?? null,
    busy_most_fraction: busyFraction?.most ?? null,
    clock_reasons: clockReasons === null ? null : formatClockReasons(clockReasons),
    device_latency_mean_s: device.batchSeconds,
  };
}
