import { leastSamples, quantileRanks, type StreamingQuantiles } from "@partitune/numerics";
import { type Estimate, exactly } from "@partitune/schema";
import { independentSections, joinSections } from "./independentSections.ts";
import { ratioError } from "./ratioError.ts";
import { normalQuantile, studentQuantile } from "./studentQuantile.ts";

/** Response times of one station, with intervals that allow for requests that share their fate. */
export interface ResponseEstimates {
  /** All sections as one. */
  readonly whole: StreamingQuantiles;
  readonly mean: Estimate | null;
  /** The p-quantile with its interval; null where there are too few independent requests for it. */
  percentile(p: number): Estimate | null;
  /** Independent requests that the window is worth at the p-quantile, rounded down. */
  independent(p: number): number;
}

/**
 * Estimates from the sections of one run (the method of batch means).
 *
 * Neighbours in a queue, and even more in a batch, are alike, so n requests tell less than n independent ones. How much less is read from
 * the sections: with F̂ the part of all requests above the p-quantile and s its standard error over m sections,
 * n_eff = F̂(1 − F̂)/s² · (z/t_{m−1})², where the last factor pays for s being itself an estimate; n_eff is at most the number of batches.
 * The interval is then the distribution-free one of n_eff samples, widened by the sketch's own error. Means use Student's t over sections.
 *
 * @param sections  response times, s, by time of arrival
 * @param batches  batches run in the window: requests of one batch are never independent
 * @param confidence  coverage, 0 < confidence < 1
 * @see quantileRanks; S. Asmussen and P. W. Glynn, Stochastic Simulation (2007), section IV.5, for batch means
 */
export function responseEstimates(
  sections: readonly StreamingQuantiles[],
  batches: number,
  confidence: number,
): ResponseEstimates {
  const whole = joinSections(sections);
  const apart = independentSections(sections);
  const sizes = apart.map((section) => section.count);
  const reach = studentQuantile(confidence, apart.length - 1);
  const caution = (normalQuantile(confidence) / reach) ** 2;
  const independent = (p: number): number => {
    const most = Math.min(whole.count, batches);
    if (most === 0) return 0;
    const limit = whole.quantile(p);
    const below = whole.fractionAtMost(limit);
    const error = ratioError(
      apart.map((section) => (section.count === 0 ? 0 : section.count * section.fractionAtMost(limit))),
      sizes,
    );
    return error === 0 ? most : Math.min(most, Math.floor(((below * (1 - below)) / error ** 2) * caution));
  };
  return {
    whole,
    mean: whole.count === 0 ? null : meanEstimate(whole, apart, sizes, reach),
    independent,
    percentile: (p) => percentileEstimate(whole, p, independent(p), confidence),
  };
}

function meanEstimate(
  whole: StreamingQuantiles,
  apart: readonly StreamingQuantiles[],
  sizes: readonly number[],
  reach: number,
): Estimate {
  const sums = apart.map((section) => section.sum);
  const half = reach * ratioError(sums, sizes);
  const within = (value: number): number => Math.min(Math.max(value, whole.minimum), whole.maximum);
  return { value: within(whole.mean), low: within(whole.mean - half), high: within(whole.mean + half) };
}

function percentileEstimate(whole: StreamingQuantiles, p: number, n: number, confidence: number): Estimate | null {
  if (n < leastSamples(p, { confidence })) return null;
  if (whole.minimum === whole.maximum) return exactly(whole.minimum);
  const { lower, upper } = quantileRanks(n, p, confidence);
  const error = whole.relativeError;
  return {
    value: whole.quantile(p),
    low: Math.max(whole.minimum, whole.quantile((lower! - 1) / n) * (1 - error)),
    high: Math.min(whole.maximum, whole.quantile(upper! / n) * (1 + error)),
  };
}
