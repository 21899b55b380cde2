import { batchThroughput } from "./batchThroughput.ts";
import { findSteadyState, type SteadyState } from "./busyPeriods.ts";
import { countUpTo } from "./countUpTo.ts";
import { longWaits } from "./longWaits.ts";
import { lumpRequests } from "./lumpRequests.ts";
import { mergeRatios } from "./mergeRatios.ts";
import { promptWaits } from "./promptWaits.ts";
import type { Station } from "./station.ts";

/** Part of a tail probability that may be lost by ending lists of queue lengths. */
const tailPrecision = 1e-4;
/** Relative precision of the quantile. */
const precision = 1e-5;
/** Batch sizes that answer a smaller part of the requests are left out. */
const negligible = 1e-9;
/** Nodes for the scatter of the batch that answers a request which waited; one that did not wait shows the scatter itself. */
const answerNodes = 16;

/**
 * Quantile of the response time (arrival to answer) of a server that forms batches greedily, under Poisson arrivals: exact but
 * for quadrature, within about 0.1 %.
 *
 * A free server takes min(B, waiting) at once; a batch of b is answered after service(b)·R and leaves the server free after
 * occupancy(b)·R, R drawn anew for each batch. The queue at departures is an embedded Markov chain; a request's response follows
 * from its place in the queue, what remains of the batch being served, and the batches ahead.
 *
 * @param station  service and occupancy by batch size, non-decreasing
 * @param ratePerSecond  requests per second
 * @param percentile  part of the requests that answer sooner, 0 < percentile < 1
 * @returns seconds, or null when full batches cannot keep up
 * @example responseQuantile({ serviceSeconds: [1], occupancySeconds: [1], ratios: [1] }, 0.5, 0.99)  // M/D/1: 4.336
 */
export function responseQuantile(station: Station, ratePerSecond: number, percentile: number): number | null {
  if (ratePerSecond >= batchThroughput(station)) return null;
  const distribution = responseDistribution(station, ratePerSecond, (1 - percentile) * tailPrecision);
  let [low, high] = [0, distribution.longestSeconds];
  while (high - low > precision * high) {
    const middle = (low + high) / 2;
    if (distribution.atMost(middle) >= percentile) high = middle;
    else low = middle;
  }
  return high;
}

/** Distribution of the response time. */
export interface ResponseDistribution {
  /** Part of the requests answered within this time. */
  atMost(seconds: number): number;
  readonly longestSeconds: number;
}

/** Distribution of the response time of {@link responseQuantile}'s server; `rate` must be below its batch throughput. */
export function responseDistribution(every: Station, ratePerSecond: number, tolerance: number): ResponseDistribution {
  const { station, rate } = lumpRequests(every, ratePerSecond, tolerance);
  const state = findSteadyState(station, rate, tolerance);
  const prompt = promptWaits(state);
  const long = longWaits(state);
  const services = station.serviceSeconds;
  const { ratios, weights } = mergeRatios(station.ratios, answerNodes);
  const longestWait = Math.max(longestPeriod(state), long.longestSeconds);
  const sizes = Array.from(services, (_, i) => i + 1).filter(
    (size) => prompt.atMost(size, longestWait) + long.atMost(size, longestWait) > negligible * state.totalWeight,
  );
  const answeredAfterWait = (seconds: number, ratio: number) => {
    let sum = 0;
    for (const size of sizes) {
      const wait = seconds - services[size - 1]! * ratio;
      sum += prompt.atMost(size, wait) + long.atMost(size, wait);
    }
    return sum - long.residualAtMost(seconds - services[services.length - 1]! * ratio);
  };
  const allRatios = Float64Array.from(station.ratios).sort();
  const answeredAtOnce = (seconds: number) => countUpTo(allRatios, seconds / services[0]!) / allRatios.length;
  const longestRatio = Math.max(ratios[ratios.length - 1]!, allRatios[allRatios.length - 1]!);
  return {
    atMost(seconds) {
      const waited = ratios.reduce((sum, ratio, j) => sum + weights[j]! * answeredAfterWait(seconds, ratio), 0);
      return (state.idleWeight * answeredAtOnce(seconds) + waited) / state.totalWeight;
    },
    longestSeconds: longestWait + Math.max(...services) * longestRatio,
  };
}

function longestPeriod({ periods }: SteadyState): number {
  return periods.reduce((most, period) => Math.max(most, period.seconds), 0);
}
