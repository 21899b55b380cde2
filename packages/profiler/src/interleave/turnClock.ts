import { monotonicSeconds } from "../meters/monotonicSeconds.ts";
import type { TurnClock } from "./turns.ts";

/**
 * The machine's clock. Calls come up to a millisecond late, as timers tick, and after everything that had come by then was read, so
 * that a request that came in time is not taken for late.
 */
export const turnClock: TurnClock = {
  now: monotonicSeconds,
  at: (time, call) => {
    let reading: NodeJS.Immediate | undefined;
    const wait = Math.max(0, Math.ceil((time - monotonicSeconds()) * 1e3));
    const timer = setTimeout(() => {
      reading = setImmediate(call);
    }, wait);
    return () => {
      clearTimeout(timer);
      clearImmediate(reading);
    };
  },
};
