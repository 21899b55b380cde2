import type { Station } from "./station.ts";

/** Queues up to about this length are followed request by request. */
const longestFollowed = 4096;
/** Lumps never leave fewer than these to a full batch. */
const fewestLumps = 4;

/** A station with the rate at which it is visited. */
export interface LoadedStation {
  readonly station: Station;
  readonly rate: number;
}

/**
 * Takes requests in lumps where the queue may grow to thousands: large batches, service that scatters by its own length, near
 * saturation. There the scatter of service rules the queue, and lumps, which overstate the scatter of arrivals, err upwards by a few
 * percent of a response of hundreds of batches. Elsewhere nothing changes.
 *
 * @param station  service and occupancy by batch size
 * @param rate  requests per second, below what full batches can serve
 * @param tolerance  probability of longer queues that may be lost
 */
export function lumpRequests(station: Station, rate: number, tolerance: number): LoadedStation {
  const maxBatch = station.occupancySeconds.length;
  const lumps = Math.max(
    Math.min(fewestLumps, maxBatch),
    Math.floor((maxBatch * longestFollowed) / expectedLongest(station, rate, tolerance)),
  );
  if (lumps >= maxBatch) return { station, rate };
  const size = maxBatch / lumps;
  const every = (values: readonly number[]) =>
    Array.from({ length: lumps }, (_, i) => values[Math.ceil((i + 1) * size) - 1]!);
  return {
    station: {
      serviceSeconds: every(station.serviceSeconds),
      occupancySeconds: every(station.occupancySeconds),
      ratios: station.ratios,
    },
    rate: rate / size,
  };
}

/** Queue length that is exceeded with the given probability, from the first two moments of arrivals in a full batch. */
function expectedLongest({ occupancySeconds, ratios }: Station, rate: number, tolerance: number): number {
  const maxBatch = occupancySeconds.length;
  const full = rate * occupancySeconds[maxBatch - 1]!;
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
  const variance = ratios.reduce((sum, ratio) => sum + (ratio - mean) ** 2, 0) / ratios.length;
  const spread = full * mean + full * full * variance;
  return maxBatch + (Math.log(1 / tolerance) * spread) / (2 * (maxBatch - full * mean));
}
