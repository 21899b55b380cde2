import type { Seconds } from "@partitune/schema";
import type { Clock, Run } from "./executor.ts";

interface Flight {
  readonly start: Seconds;
  readonly end: Seconds;
}

/** Ends this close together are one instant: times are sums of many terms. */
const instant: Seconds = 1e-9;

/**
 * Processes of a virtual device that are busy at once, each with one batch after the other. Whoever runs batches is given the next one that ends,
 * whichever process had it; the others go on meanwhile. After a pause they start anew, one after the other.
 *
 * @param durationOf  time of the next batch, asked for when it starts
 * @returns a function that waits for the next batch to end
 */
export function processRing(clock: Clock, processes: number, durationOf: () => Seconds): () => Promise<Run> {
  let flights: readonly Flight[] = [];

  const begin = (now: Seconds): readonly Flight[] => {
    const first = durationOf();
    return Array.from({ length: processes }, (_, i) => {
      const start = now + (i * first) / processes;
      return { start, end: start + (i === 0 ? first : durationOf()) };
    });
  };

  return async () => {
    const asked = clock.now();
    if (flights.length === 0 || Math.min(...flights.map(({ end }) => end)) < asked - instant) flights = begin(asked);
    const process = flights.reduce((best, { end }, i) => (end < flights[best]!.end ? i : best), 0);
    const { start, end } = flights[process]!;
    await clock.sleep(end - clock.now());
    flights = flights.map((flight, i) => (i === process ? { start: end, end: end + durationOf() } : flight));
    return { start, end, service: end - start, ...(processes === 1 ? {} : { process }) };
  };
}
