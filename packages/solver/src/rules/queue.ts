import { batchThroughput } from "../batchThroughput.ts";
import { responseQuantile } from "../responseQuantile.ts";
import type { Rule } from "./rule.ts";

/** Part of the batch throughput that may be used: beyond it a queue takes minutes to reach the state the analysis describes. */
const highestLoad = 0.97;

/**
 * The response time's quantile under Poisson arrivals and greedy batching must meet the deadline, at no more than 97 % load.
 *
 * Exact for one server that takes min(B, waiting) whenever it is free; see {@link responseQuantile}.
 */
export const queue: Rule = (station, { ratePerSecond, percentile }) => {
  const capacityPerSecond = highestLoad * batchThroughput(station);
  const overloaded = ratePerSecond > capacityPerSecond;
  return {
    responseSeconds: overloaded ? null : responseQuantile(station, ratePerSecond, percentile),
    capacityPerSecond,
  };
};
