import { arrivalTimes } from "./arrivalTimes.ts";
import { batchQueue } from "./batchQueue.ts";
import { serviceRatios } from "./serviceRatios.ts";
import type { Station, Window } from "./station.ts";
import { openTally, type Tally } from "./tally.ts";

/**
 * Plays one station that has its partition to itself: requests queue in order of arrival, a free worker takes what waits.
 *
 * The run ends when every request of the window is answered. What has not started within another window length is given up and counted as
 * failed, so that an overloaded station ends too.
 *
 * @see runShared for stations that slow each other down
 */
export function runIsolated(station: Station, window: Window): Tally {
  const { service, occupancy, random } = station;
  const queue = batchQueue(arrivalTimes(station.arrivals, random.fork("arrivals")), station.maxBatch, station.maxDelay);
  const ratio = serviceRatios(station.ratios, random.fork("service"));
  const tally = openTally(station, window);
  const patience = giveUpTime(window);
  let free = 0;
  for (;;) {
    if (queue.nextArrival() >= window.end) return tally;
    const start = queue.nextStart(free);
    if (start > patience) break;
    const size = queue.sizeAt(start);
    const stretch = ratio();
    const taken = occupancy[size]! * stretch;
    tally.record(queue, size, start, service[size]! * stretch, taken);
    free = start + taken;
    queue.head += size;
  }
  tally.giveUp(queue);
  return tally;
}

/** When requests of the window that have not started are given up: one window length after it. */
export function giveUpTime(window: Window): number {
  return window.end + (window.end - window.start);
}
