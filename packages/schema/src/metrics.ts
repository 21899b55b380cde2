import { z } from "zod";

/** What is known about one metric: how it is defined, in which unit, and which way is better. */
export interface MetricDefinition {
  /** SI unit as it ends the column name, e.g. `s`, `w`, `per_s`. */
  readonly unit: string;
  /** Definition in words: per what, over which window, idle included or not. */
  readonly definition: string;
  /** The direction a user wants. */
  readonly better: "lower" | "higher";
  /** How the metric is called in a picture. */
  readonly label: string;
}

/**
 * Every metric that is measured, predicted or optimised. The key is the column name and carries the unit.
 */
export const metricDefinitions = {
  latency_mean_s: {
    unit: "s",
    definition:
      "mean service time of one batch: start of execution to completion, in the measuring window; of several processes, one batch of one of them while all are busy; under an open load, completion − intended start",
    better: "lower",
    label: "mean batch latency",
  },
  latency_p50_s: {
    unit: "s",
    definition: "median service time of one batch (nearest rank); under an open load, of completion − intended start",
    better: "lower",
    label: "median batch latency",
  },
  latency_p90_s: {
    unit: "s",
    definition:
      "90th percentile of the service time of one batch (nearest rank); under an open load, of completion − intended start",
    better: "lower",
    label: "p90 batch latency",
  },
  latency_p99_s: {
    unit: "s",
    definition:
      "99th percentile of the service time of one batch (nearest rank); under an open load, of completion − intended start; absent below 528 effective samples",
    better: "lower",
    label: "p99 batch latency",
  },
  throughput_per_s: {
    unit: "per_s",
    definition:
      "requests (batch items) completed per second of the measuring window, one batch in flight unless the load says otherwise; of several processes, all together",
    better: "higher",
    label: "throughput",
  },
  cpu_s: {
    unit: "s",
    definition: "processor time of all the worker's processes per batch, user and system",
    better: "lower",
    label: "processor time per batch",
  },
  memory_peak_bytes: {
    unit: "bytes",
    definition:
      "high-water mark of the resident memory of all the worker's processes since their start; on a card, of its memory",
    better: "lower",
    label: "peak memory",
  },
  power_mean_w: {
    unit: "w",
    definition: "gross device energy in the window divided by its length, idle included",
    better: "lower",
    label: "mean power",
  },
  energy_per_request_j: {
    unit: "j",
    definition: "gross device energy in the window divided by completed requests, idle included",
    better: "lower",
    label: "energy per request",
  },
} as const satisfies Record<string, MetricDefinition>;

/** Name of a metric, as it stands in column headers. */
export type Metric = keyof typeof metricDefinitions;

export const metricNames = Object.keys(metricDefinitions) as readonly Metric[];
export const metric = z.enum(metricNames as [Metric, ...Metric[]]).describe("a metric, named with its unit");
