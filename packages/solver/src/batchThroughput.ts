import type { Station } from "./station.ts";

/** Requests per second that a server which is never idle completes: full batches over their mean occupancy. */
export function batchThroughput(station: Station): number {
  const maxBatch = station.occupancySeconds.length;
  const meanRatio = station.ratios.reduce((sum, ratio) => sum + ratio, 0) / station.ratios.length;
  return maxBatch / (station.occupancySeconds[maxBatch - 1]! * meanRatio);
}
