import type { Measurement } from "./measurement.ts";
import { metricDefinitions } from "./metrics.ts";

/** Columns of what a device reports of itself: a table in which no row has any is written without them. */
export const deviceColumnNames = [
  "power_source",
  "power_integral_w",
  "power_integral_least_w",
  "power_integral_most_w",
  "power_idle_w",
  "gpu_clock_hz",
  "gpu_clock_least_hz",
  "gpu_clock_most_hz",
  "memory_clock_hz",
  "memory_clock_least_hz",
  "memory_clock_most_hz",
  "temperature_c",
  "temperature_least_c",
  "temperature_most_c",
  "busy_fraction",
  "busy_least_fraction",
  "busy_most_fraction",
  "clock_reasons",
  "device_latency_mean_s",
] as const;

/** Columns of what a load and the server behind it tell: a table in which no row has any is written without them. */
export const servingColumnNames = [
  "offered_per_s",
  "lateness_p99_s",
  "loop_delay_p99_s",
  "server_queue_mean_s",
  "server_compute_mean_s",
] as const;

/** Columns whose absence says the same as empty cells: they came later, and tables without them are complete. */
export const addedColumns: readonly string[] = ["processes_count", ...deviceColumnNames, ...servingColumnNames];

/** What values a numeric column may hold. All are finite. */
export const quantities = {
  "non-negative": { least: 0, most: Number.MAX_VALUE, whole: false, words: "a number of at least 0" },
  count: { least: 0, most: Number.MAX_SAFE_INTEGER, whole: true, words: "a whole number of at least 0" },
  "positive-count": { least: 1, most: Number.MAX_SAFE_INTEGER, whole: true, words: "a whole number of at least 1" },
  fraction: { least: 0, most: 1, whole: false, words: "a number from 0 to 1" },
  temperature: { least: -273.15, most: Number.MAX_VALUE, whole: false, words: "a number of at least −273.15" },
  correlation: { least: -1, most: 1, whole: false, words: "a number from −1 to 1" },
} as const;

/** A column of words. */
interface TextColumn {
  readonly kind: "text";
  readonly definition: string;
}

/** A column of numbers. Its name ends with its unit. */
interface NumberColumn {
  readonly kind: "number";
  readonly quantity: keyof typeof quantities;
  /** True when a measured row may leave it empty. */
  readonly empty: boolean;
  readonly definition: string;
}

const text = (definition: string) => ({ kind: "text", definition }) as const;
const number = (quantity: keyof typeof quantities, definition: string, empty = false) =>
  ({ kind: "number", quantity, empty, definition }) as const;

const optional = (definition: string, quantity: keyof typeof quantities = "non-negative") =>
  number(quantity, definition, true);

const low = (what: string) =>
  number("non-negative", `lower end of the 99 % interval of ${what}; empty when open`, true);
const high = (what: string) =>
  number("non-negative", `upper end of the 99 % interval of ${what}; empty when open`, true);

/**
 * Every column of a measurement table, in the order they are written: what was measured, then the numbers, then free text.
 * Free text stands last because it alone needs quoting, and a row is read fast up to its first quote.
 */
export const measurementColumns = {
  id: text("hash of what was measured: point, workload's definition, protocol version"),
  workload: text("name of the workload"),
  power_mode: text("name of the device-wide power mode"),
  partition: text(
    'the piece of the device: "whole", "cpu-share:0.25" (a fraction of all cores), "core-set:0+1" (core numbers), "mps-share:0.4", "mig:3g.40gb" with or without its first slice "@4", "sm-partition:40", "green-context:16" (multiprocessors)',
  ),
  batch_count: number("positive-count", "requests per batch"),
  processes_count: number(
    "positive-count",
    "processes of the workload that run at once within the partition, all of them busy; empty for one. Latencies are of one batch of one process, throughput, processor time, memory, power and energy of all together",
    true,
  ),
  load: text(
    'how requests were generated: "closed:1" (batches in flight), "poisson:20" or "periodic:20" (requests per second)',
  ),
  round_index: number("count", "round of the campaign, from 0"),
  position_index: number("count", "place in the round's random order, from 0"),
  seed: text("seed of the round's order and of the requests"),
  baseline: text('"true" for the default configuration that opens and closes each round, else "false"'),
  environment: text("hash of the environment; its facts stand in profile.json"),
  started_at: text("when it began, UTC, ISO 8601"),
  outcome: text(
    '"measured"; "infeasible" when the configuration cannot run; "failed" when the worker or the harness did',
  ),
  flags: text("what is doubtful about the row, separated by spaces; empty when nothing is"),
  samples_count: number("count", "batches measured after warm-up"),
  samples_effective_count: number(
    "non-negative",
    "independent samples: n(1−ρ)/(1+ρ) with the lag-1 autocorrelation ρ; n when ρ ≤ 2/√n",
  ),
  autocorrelation_ratio: number("correlation", "lag-1 autocorrelation ρ of batch latencies"),
  warmup_samples_count: number("count", "batches run before measuring began"),
  window_s: number("non-negative", "length of the measuring window"),
  stopped_by: text('why measuring ended: "precision" reached, "budget" spent, or "aborted"'),
  precision_ratio: number(
    "non-negative",
    "relative half width reached for the target percentile; empty when open",
    true,
  ),
  latency_mean_s: number("non-negative", metricDefinitions.latency_mean_s.definition),
  latency_p50_s: number("non-negative", metricDefinitions.latency_p50_s.definition, true),
  latency_p50_low_s: low("latency_p50_s"),
  latency_p50_high_s: high("latency_p50_s"),
  latency_p90_s: number("non-negative", metricDefinitions.latency_p90_s.definition, true),
  latency_p90_low_s: low("latency_p90_s"),
  latency_p90_high_s: high("latency_p90_s"),
  latency_p95_s: number(
    "non-negative",
    "95th percentile of the service time of one batch (nearest rank); under an open load, of completion − intended start",
    true,
  ),
  latency_p95_low_s: low("latency_p95_s"),
  latency_p95_high_s: high("latency_p95_s"),
  latency_p99_s: number("non-negative", metricDefinitions.latency_p99_s.definition, true),
  latency_p99_low_s: low("latency_p99_s"),
  latency_p99_high_s: high("latency_p99_s"),
  latency_p999_s: number(
    "non-negative",
    "99.9th percentile of the service time of one batch (nearest rank); under an open load, of completion − intended start",
    true,
  ),
  latency_p999_low_s: low("latency_p999_s"),
  latency_p999_high_s: high("latency_p999_s"),
  throughput_per_s: number("non-negative", metricDefinitions.throughput_per_s.definition),
  cpu_s: number("non-negative", metricDefinitions.cpu_s.definition, true),
  memory_peak_bytes: number("non-negative", metricDefinitions.memory_peak_bytes.definition, true),
  power_mean_w: number("non-negative", metricDefinitions.power_mean_w.definition, true),
  energy_per_request_j: number("non-negative", metricDefinitions.energy_per_request_j.definition, true),
  outliers_mild_count: number("count", "samples outside the 1.5 IQR fences and inside the 3 IQR fences"),
  outliers_severe_count: number("count", "samples outside the 3 IQR fences"),
  error_fraction: number("fraction", "requests that failed or timed out, of those issued"),
  power_source: text(
    'what power_mean_w and energy_per_request_j are taken from: "counter", the device\'s energy counter, or "integral" of its power readings; empty when they are empty, or when it is not told',
  ),
  power_integral_w: optional(
    "power of the whole device, idle included: its readings integrated over the window by trapezoids, divided by its length",
  ),
  power_integral_least_w: optional("lowest power reading of the whole device in the window"),
  power_integral_most_w: optional("highest power reading of the whole device in the window"),
  power_idle_w: optional(
    "power of the whole device with nothing on it, before the campaign: what net power and energy are counted from",
  ),
  gpu_clock_hz: optional("clock of the whole device's multiprocessors, average over the window's time"),
  gpu_clock_least_hz: optional("lowest reading of the multiprocessors' clock in the window"),
  gpu_clock_most_hz: optional("highest reading of the multiprocessors' clock in the window"),
  memory_clock_hz: optional("clock of the device's memory, average over the window's time"),
  memory_clock_least_hz: optional("lowest reading of the memory's clock in the window"),
  memory_clock_most_hz: optional("highest reading of the memory's clock in the window"),
  temperature_c: optional("temperature of the chip, °C, average over the window's time", "temperature"),
  temperature_least_c: optional("lowest reading of the chip's temperature in the window, °C", "temperature"),
  temperature_most_c: optional("highest reading of the chip's temperature in the window, °C", "temperature"),
  busy_fraction: optional(
    "share of time with any kernel running on the whole device, average over the window's time; not the share of the chip in use",
    "fraction",
  ),
  busy_least_fraction: optional("lowest reading of busy_fraction in the window", "fraction"),
  busy_most_fraction: optional("highest reading of busy_fraction in the window", "fraction"),
  clock_reasons: text(
    'why the device lowered its clocks, with the share of the window, such as "power-cap=0.8 idle=0.05"; "none" when it never did, empty when it does not tell',
  ),
  device_latency_mean_s: optional("time of one batch on the device by its own events, mean over the window"),
  offered_per_s: optional("requests per second that an open load asked for in the window; empty under a closed load"),
  lateness_p99_s: optional(
    "how late an open load sent its batches, actual − intended start, 99th percentile; empty under a closed load",
  ),
  loop_delay_p99_s: optional("delay of the load generator's event loop, 99th percentile"),
  server_queue_mean_s: optional(
    "time a batch waited in the server before execution, by its own statistics, mean over the window",
  ),
  server_compute_mean_s: optional(
    "time a batch was executed in the server, inputs and outputs included, by its own statistics, mean over the window",
  ),
  mechanism: text("what set the partition, e.g. a cgroup quota and its period"),
  neighbours: text(
    "JSON list of [workload, power mode, partition, batch, processes] loaded on the rest of the device, processes left out for one; empty when alone",
  ),
  reason: text("why the row has no numbers; empty when it was measured"),
  nulls: text("JSON object: name of a value that is empty → the reason"),
} as const satisfies Record<string, TextColumn | NumberColumn>;

export type MeasurementColumn = keyof typeof measurementColumns;

type Names<Kind> = {
  [Name in MeasurementColumn]: (typeof measurementColumns)[Name]["kind"] extends Kind ? Name : never;
}[MeasurementColumn];

/** Name of a column of numbers. */
export type NumberColumnName = Names<"number">;
/** Name of a column of words. */
export type TextColumnName = Names<"text">;

export const measurementColumnNames = Object.keys(measurementColumns) as readonly MeasurementColumn[];

/** The columns in which something stands: all, but those of {@link deviceColumnNames} and {@link servingColumnNames} only when a row has such readings. */
export function writtenColumns(measurements: readonly Measurement[]): readonly MeasurementColumn[] {
  const results = measurements.flatMap(({ outcome }) => (outcome.kind === "measured" ? [outcome.results] : []));
  const unused: readonly MeasurementColumn[] = [
    ...(results.some(({ device }) => device !== undefined) ? [] : deviceColumnNames),
    ...(results.some(({ serving }) => serving !== undefined) ? [] : servingColumnNames),
  ];
  return measurementColumnNames.filter((name) => !unused.includes(name));
}

/** True for a column of numbers. */
export function isNumberColumn(name: MeasurementColumn): name is NumberColumnName {
  return measurementColumns[name].kind === "number";
}
