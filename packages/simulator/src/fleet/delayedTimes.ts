import type { Seconds } from "@partitune/schema";
import type { ArrivalTimes } from "../arrivalTimes.ts";

/** When the requests of a service come. */
export interface DelayedArrivals {
  readonly startSeconds: Seconds;
  /** No request arrives from then on; absent: they never end. */
  readonly endSeconds?: Seconds;
}

/** A stream that begins later, and perhaps ends. */
export function delayedTimes(times: ArrivalTimes, { startSeconds, endSeconds }: DelayedArrivals): ArrivalTimes {
  const end = endSeconds ?? Number.POSITIVE_INFINITY;
  return {
    fill(buffer, from) {
      times.fill(buffer, from);
      for (let i = from; i < buffer.length; i++) {
        const time = buffer[i]! + startSeconds;
        buffer[i] = time < end ? time : Number.POSITIVE_INFINITY;
      }
    },
  };
}
