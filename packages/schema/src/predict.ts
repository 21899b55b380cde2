import type { Config } from "./config.ts";
import type { Estimate } from "./estimate.ts";
import type { Metric } from "./metrics.ts";

/** What is expected of one configuration. */
export interface Prediction {
  /** Each metric that can be predicted, with its interval at the predictor's confidence. */
  readonly metrics: Readonly<Partial<Record<Metric, Estimate>>>;
  /**
   * Distribution of the service time of a batch relative to its median: quantiles at (i + 0.5)/n for i = 0..n−1, ascending.
   * `[1]` says that it does not vary.
   */
  readonly serviceRatios: readonly number[];
  /** True when the configuration lies outside what was measured; intervals are then not to be trusted. */
  readonly extrapolated: boolean;
  /** True when the numbers rest on synthetic data. */
  readonly synthetic: boolean;
}

/**
 * Predicts a configuration, alone or beside neighbours. A fitted surrogate is one, a table look-up is another; solver and
 * simulator are handed one and know neither.
 *
 * @returns undefined when nothing is known about the workload or configuration
 */
export type Predict = (config: Config, neighbours?: readonly Config[]) => Prediction | undefined;
