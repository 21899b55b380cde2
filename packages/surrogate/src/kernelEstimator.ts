import { meanHalfUp, nearestRank } from "@partitune/numerics";
import { InputError } from "@partitune/schema";

/** How times are predicted from samples. */
export interface KernelEstimator {
  /** What is looked up: an identity at its occurrence, and the identity alone where that is not known; or the identity alone. */
  readonly key: "occurrence" | "identity";
  readonly estimator: "quantile" | "mean";
  /** Of execution times; high ones are careful. */
  readonly executionQuantile: number;
  /** Of idle times; low ones are careful. */
  readonly idleQuantile: number;
}

const defaults: KernelEstimator = {
  key: "occurrence",
  estimator: "quantile",
  executionQuantile: 0.9,
  idleQuantile: 0.1,
};

/** @throws InputError when a quantile does not lie from 0 to 1 */
export function toKernelEstimator(options: Partial<KernelEstimator>): KernelEstimator {
  const settings = { ...defaults, ...options };
  for (const name of ["executionQuantile", "idleQuantile"] as const)
    if (!(settings[name] >= 0 && settings[name] <= 1))
      throw new InputError({ what: `"${name}"`, problem: `is ${settings[name]}`, advice: "give a part from 0 to 1" });
  return settings;
}

/** One time from ascending samples, whole ns: the quantile of the nearest rank, or the mean, rounded half up. */
export function estimateTime(samples: readonly number[], { estimator }: KernelEstimator, quantile: number): number {
  return estimator === "mean" ? meanHalfUp(samples) : nearestRank(samples, quantile);
}
