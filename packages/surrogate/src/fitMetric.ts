import type { Random } from "@partitune/numerics";
import type { Config, Device, Metric } from "@partitune/schema";
import type { WorkloadTable } from "./aggregate.ts";
import { column, type Encoder, featureEncoder, type Strata } from "./features.ts";
import { holdOutLevels, type LevelErrors } from "./holdOutLevels.ts";
import { metricValues } from "./metricValues.ts";
import type { Model } from "./model.ts";
import { type NestedFit, nestedFit } from "./nestedFit.ts";
import { rowWeights } from "./rowWeights.ts";
import type { Sample } from "./sample.ts";
import { strataOf } from "./strata.ts";
import { type RoundSummary, summariseRounds } from "./summariseRounds.ts";
import { fromTarget, toTarget } from "./targets.ts";

/** A model that is fitted but not yet calibrated. */
export interface Draft extends NestedFit {
  readonly workload: string;
  readonly metric: Metric;
  readonly strata: Strata;
  /** Every configuration beside its prediction without it, in the unit of the metric. */
  readonly points: readonly HeldOutPoint[];
  /** Errors on device fractions and batches held out whole. */
  readonly levels: { readonly fraction: LevelErrors; readonly batch: LevelErrors };
}

export interface HeldOutPoint {
  readonly config: Config;
  readonly measured: number;
  readonly predicted: number;
  /** |log(measured / predicted)| */
  readonly error: number;
}

/** What came of fitting one metric of one workload. */
export interface MetricOutcome {
  readonly metric: Metric;
  /** Configurations with a positive value. */
  readonly configurations: number;
  /** Configurations left out because a value was 0. */
  readonly zeros: number;
  /** Absent when the configurations are too few. */
  readonly draft?: Draft;
}

/** All that came of one workload. */
export interface WorkloadOutcome {
  readonly table: WorkloadTable;
  readonly metrics: readonly MetricOutcome[];
}

/** Fewer configurations leave a model nothing to be judged by. */
export const leastConfigurations = 4;

interface Row {
  readonly config: Config;
  readonly summary: RoundSummary;
}

/** Chooses and fits a model for one metric of one workload. */
export function fitMetric(
  table: WorkloadTable,
  metric: Metric,
  device: Device,
  models: readonly Model[],
  random: Random,
): MetricOutcome {
  const measured = table.configurations
    .map(({ config, rows }) => ({ config, values: metricValues(rows, metric) }))
    .filter(({ values }) => values.length > 0);
  const positive = measured.filter(({ values }) => values.every((value) => value > 0));
  const rows = positive.map(({ config, values }) => ({ config, summary: summariseRounds(values) }));
  const outcome = { metric, configurations: rows.length, zeros: measured.length - rows.length };
  if (rows.length < leastConfigurations) return outcome;
  const strata = strataOf(
    rows.map(({ config }) => config),
    device,
  );
  const sample = sampleOf(rows, metric, featureEncoder(device, strata));
  const nested = nestedFit(sample, models, random);
  if (nested === undefined) return outcome;
  const { model } = nested;
  const levels = {
    fraction: holdOutLevels(sample, model, column.fraction, random),
    batch: holdOutLevels(sample, model, column.batch, random),
  };
  const points = rows.map((row, i) => heldOutPoint(row, metric, sample.y[i], nested.heldOut[i]));
  return { ...outcome, draft: { ...nested, workload: table.workload, metric, strata, points, levels } };
}

function sampleOf(rows: readonly Row[], metric: Metric, encoder: Encoder): Sample {
  return {
    X: rows.flatMap(({ config }) => [encoder.encode(config) ?? []]),
    y: rows.map(({ config, summary }) => toTarget(metric, summary.value, config.batch)),
    weights: rowWeights(rows.map(({ summary }) => summary)),
  };
}

function heldOutPoint({ config, summary }: Row, metric: Metric, target: number, predicted: number): HeldOutPoint {
  return {
    config,
    measured: summary.value,
    predicted: fromTarget(metric, predicted, config.batch),
    error: Math.abs(Math.log(target / predicted)),
  };
}
