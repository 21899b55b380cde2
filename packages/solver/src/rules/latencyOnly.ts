import { batchThroughput } from "../batchThroughput.ts";
import type { Rule } from "./rule.ts";

/**
 * The service time of a full batch alone must meet the deadline: ℓ(B) ≤ L, and full batches must keep up with the rate.
 *
 * Ignores all waiting, so it is never safe by itself; use it as an optimistic bound.
 */
export const latencyOnly: Rule = (station, demand) => {
  const capacityPerSecond = batchThroughput(station);
  const service = station.serviceSeconds[station.serviceSeconds.length - 1]!;
  return { responseSeconds: demand.ratePerSecond > capacityPerSecond ? null : service, capacityPerSecond };
};
