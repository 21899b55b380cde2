import { batchThroughput } from "../batchThroughput.ts";
import type { Rule } from "./rule.ts";

/**
 * A request waits for one full batch and is served in the next: 2ℓ(B) ≤ L, and full batches must keep up with the rate.
 *
 * Safe for a saturated server and evenly spaced arrivals only. Under Poisson arrivals and batches of one it fails from 14 % load.
 *
 * @see gpulet (Choi et al., ATC 2022), iGniter (Xu et al., TPDS 2023), Nexus (Shen et al., SOSP 2019)
 */
export const halfSlo: Rule = (station, demand) => {
  const capacityPerSecond = batchThroughput(station);
  const service = station.serviceSeconds[station.serviceSeconds.length - 1]!;
  return { responseSeconds: demand.ratePerSecond > capacityPerSecond ? null : 2 * service, capacityPerSecond };
};
