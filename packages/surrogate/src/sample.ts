import type { FeatureRow } from "./features.ts";

/** What a model is fitted to: the configurations of one workload, with one metric. */
export interface Sample {
  /** n × d, a row per configuration; columns as in `features.ts`. */
  readonly X: readonly FeatureRow[];
  /** n positive targets. */
  readonly y: readonly number[];
  /** n positive weights, mean 1. */
  readonly weights: readonly number[];
}

/** The rows of a sample with these indices. */
export function pick(sample: Sample, indices: readonly number[]): Sample {
  return {
    X: indices.map((i) => sample.X[i]),
    y: indices.map((i) => sample.y[i]),
    weights: indices.map((i) => sample.weights[i]),
  };
}
