import {
  formatConfig,
  InputError,
  type Made,
  type Metric,
  metricDefinitions,
  type ParetoFront,
  type Predict,
  type Prediction,
  type Profile,
  type Surrogate,
  type Violation,
} from "@partitune/schema";
import { findCandidates } from "./candidates.ts";
import { frontOf } from "./frontOf.ts";

/** A limit on a metric that configurations on the front must keep. */
export interface MetricLimit {
  readonly metric: Metric;
  readonly relation: "at-most" | "at-least";
  /** In the metric's unit. */
  readonly limit: number;
}

/** Whose front is wanted, over what. */
export interface ConfigFrontInput {
  /** Says which configurations are considered: see {@link findCandidates}. */
  readonly source: Profile | Surrogate;
  readonly predict: Predict;
  /** Two or three. */
  readonly metrics: readonly Metric[];
  readonly made: Made;
  /** May be left out when the source knows one workload only. */
  readonly workload?: string;
  readonly limits?: readonly MetricLimit[];
}

/**
 * The Pareto front of one workload's configurations over metrics, as measured or predicted.
 *
 * Configurations that break a limit or rest on extrapolation are kept and flagged, never on the front; those that lack one of the
 * metrics are left out.
 *
 * @throws InputError when the workload is not clear, fewer than two metrics are asked for, or one is predicted nowhere
 */
export function configFront(input: ConfigFrontInput): ParetoFront {
  const { source, metrics, made, limits = [] } = input;
  if (metrics.length < 2 || new Set(metrics).size < metrics.length) {
    const asked = metrics.join(", ");
    throw new InputError({
      what: `front over "${asked}"`,
      problem: "is not over two different metrics",
      advice: "name two or three",
    });
  }
  const workload = chooseWorkload(input);
  const { partitions, batches } = findCandidates(source)[workload] ?? { partitions: [], batches: [] };
  const configs = source.device.powerModes.flatMap(({ name }) =>
    partitions.flatMap((partition) => batches.map((batch) => ({ workload, powerMode: name, partition, batch }))),
  );
  const predicted = configs.flatMap((config) => {
    const prediction = input.predict(config);
    return prediction === undefined ? [] : [{ id: formatConfig(config), prediction }];
  });
  requirePredicted(
    workload,
    metrics,
    predicted.map(({ prediction }) => prediction),
  );
  const complete = predicted.filter(({ prediction }) =>
    metrics.every((metric) => prediction.metrics[metric] !== undefined),
  );
  return frontOf({
    objectives: metrics.map((name) => ({ name, better: metricDefinitions[name].better })),
    alternatives: complete.map(({ id, prediction }) => ({
      id,
      values: metrics.map((metric) => prediction.metrics[metric]!.value),
      violations: [...limits.flatMap((limit) => brokenLimit(limit, prediction)), ...extrapolation(prediction)],
    })),
    made,
    synthetic: source.device.synthetic || complete.some(({ prediction }) => prediction.synthetic),
  });
}

function chooseWorkload({ source, workload }: ConfigFrontInput): string {
  const names = source.workloads.map(({ name }) => name);
  const known = `known are ${names.map((name) => `"${name}"`).join(", ")}`;
  if (workload === undefined) {
    if (names.length === 1) return names[0]!;
    throw new InputError({
      what: "the front",
      problem: "needs one workload, as those of several do not compare",
      advice: known,
    });
  }
  if (names.includes(workload)) return workload;
  throw new InputError({ what: `workload "${workload}"`, problem: "is not in the source", advice: known });
}

function requirePredicted(workload: string, metrics: readonly Metric[], predictions: readonly Prediction[]) {
  const missing = metrics.find((metric) => predictions.every((prediction) => prediction.metrics[metric] === undefined));
  if (missing === undefined) return;
  const what = `metric "${missing}"`;
  throw new InputError({
    what,
    problem: `is not known for any configuration of "${workload}"`,
    advice: "measure it, or choose another",
  });
}

function brokenLimit({ metric, relation, limit }: MetricLimit, { metrics }: Prediction): Violation[] {
  const value = metrics[metric]?.value;
  if (value !== undefined && (relation === "at-most" ? value <= limit : value >= limit)) return [];
  const { unit } = metricDefinitions[metric];
  const wanted = `${relation === "at-most" ? "at most" : "at least"} ${limit} ${unit}`;
  if (value === undefined)
    return [{ constraint: metric, amount: 1, text: `${metric} is unknown, ${wanted} is wanted` }];
  const amount = limit === 0 ? 1 : Math.abs(value - limit) / Math.abs(limit);
  return [
    { constraint: metric, amount, text: `${metric} is ${Number(value.toPrecision(3))} ${unit}, ${wanted} is wanted` },
  ];
}

function extrapolation({ extrapolated }: Prediction): Violation[] {
  return extrapolated ? [{ constraint: "extrapolated", amount: 1, text: "lies outside what was measured" }] : [];
}
