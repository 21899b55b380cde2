import {
  type Config,
  type Estimate,
  formatConfig,
  isOneInFlight,
  isValid,
  type Measurement,
  type Metric,
  metricNames,
  type Predict,
  type Prediction,
  type Profile,
  unplaced,
} from "@partitune/schema";
import jStat from "jstat";
import { metricValues, resultsOf } from "./metricValues.ts";
import { ratiosFromPercentiles } from "./ratiosFromPercentiles.ts";
import { reconcile } from "./reconcile.ts";
import { summariseRounds } from "./summariseRounds.ts";

/** Quantiles that describe the scatter of batch latency. */
const scatterSize = 101;

/**
 * A raw table look-up as a predictor: knows exactly the configurations that were measured, beside exactly the neighbours they were measured
 * with, one batch in flight.
 *
 * Values are medians over the rounds. Intervals are at the profile's own confidence: for percentiles the hull of the rounds' distribution-free
 * intervals, for other metrics Student's t on logarithms over the rounds, open for a single round.
 *
 * @returns a predictor that gives undefined for everything that was not measured validly
 */
export function lookup(profile: Profile): Predict {
  const usable = profile.measurements.filter((row) => isValid(row) && isOneInFlight(row.point.load));
  const groups = Map.groupBy(usable, ({ point }) => keyOf(point.config, point.neighbours));
  const predictions = new Map([...groups].map(([key, rows]) => [key, predictionOf(rows, profile)]));
  return (config, neighbours = []) => predictions.get(keyOf(config, neighbours));
}

function keyOf(config: Config, neighbours: readonly Config[]): string {
  return JSON.stringify([formatPiece(config), ...neighbours.map(formatPiece).sort()]);
}

/** A MIG instance is as fast wherever it begins. */
function formatPiece(config: Config): string {
  return formatConfig({ ...config, partition: unplaced(config.partition) });
}

function predictionOf(rows: readonly Measurement[], { device, protocol }: Profile): Prediction {
  const { config } = rows[0].point;
  const entries = metricNames.flatMap((metric) => {
    const estimate = estimateOf(rows, metric, protocol.confidence);
    return estimate === undefined ? [] : [[metric, estimate] as const];
  });
  return {
    metrics: reconcile(Object.fromEntries(entries), config.batch * (config.processes ?? 1)),
    serviceRatios: ratiosFromPercentiles([{ config, rows }], scatterSize).ratios,
    extrapolated: false,
    synthetic: device.synthetic,
  };
}

function estimateOf(rows: readonly Measurement[], metric: Metric, confidence: number): Estimate | undefined {
  const values = metricValues(rows, metric);
  if (values.length === 0) return undefined;
  const intervals = intervalsOf(rows, metric);
  const median = summariseRounds(values).value;
  return intervals.length === 0 ? overRounds(values, median, confidence) : hull(intervals, median);
}

/** The intervals that the rounds have themselves; none for a metric without. */
function intervalsOf(rows: readonly Measurement[], metric: Metric): Estimate[] {
  const latencies = resultsOf(rows).map(({ latency }) => latency);
  if (metric === "latency_p50_s") return latencies.flatMap(({ p50 }) => p50 ?? []);
  if (metric === "latency_p90_s") return latencies.flatMap(({ p90 }) => p90 ?? []);
  return metric === "latency_p99_s" ? latencies.flatMap(({ p99 }) => p99 ?? []) : [];
}

/** Open on a side where one of them is. */
function hull(intervals: readonly Estimate[], value: number): Estimate {
  const lows = intervals.map(({ low }) => low);
  const highs = intervals.map(({ high }) => high);
  const isKnown = (end: number | null) => end !== null;
  return {
    value,
    low: lows.every(isKnown) ? Math.min(...lows) : null,
    high: highs.every(isKnown) ? Math.max(...highs) : null,
  };
}

/** Student's t interval of the geometric mean over the rounds, widened to hold the median. */
function overRounds(values: readonly number[], median: number, confidence: number): Estimate {
  if (values.length < 2 || values.some((value) => value <= 0)) return { value: median, low: null, high: null };
  const logs = values.map(Math.log);
  const { logSpread, rounds } = summariseRounds(values);
  const centre = logs.reduce((sum, value) => sum + value, 0) / rounds;
  const half = (jStat.studentt.inv((1 + confidence) / 2, rounds - 1) * (logSpread ?? 0)) / Math.sqrt(rounds);
  return {
    value: median,
    low: Math.min(median, Math.exp(centre - half)),
    high: Math.max(median, Math.exp(centre + half)),
  };
}
