import { batchThroughput } from "../batchThroughput.ts";
import type { Rule } from "./rule.ts";

/**
 * Batches are filled before they run: gathering B requests takes B/λ, so ℓ(B) + B/λ ≤ L and ℓ(B) ≤ B/λ.
 *
 * Safe for evenly spaced arrivals. A low rate makes it refuse large batches, as they would take long to fill.
 *
 * @see Nexus (Shen et al., SOSP 2019), gpulet (Choi et al., ATC 2022): the rule of the residual load
 */
export const residual: Rule = (station, demand) => {
  const capacityPerSecond = batchThroughput(station);
  const maxBatch = station.serviceSeconds.length;
  const response = station.serviceSeconds[maxBatch - 1]! + maxBatch / demand.ratePerSecond;
  return { responseSeconds: demand.ratePerSecond > capacityPerSecond ? null : response, capacityPerSecond };
};
