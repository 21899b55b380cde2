import { setTimeout as sleepMilliseconds } from "node:timers/promises";
import type { OverlapClock } from "./overlapTask.ts";

/** Timers of the system are late by up to about this, so the rest of a wait is spent spinning; ns. */
const spinNs = 3e6;

/** The machine's monotonic clock. Short waits spin: a thread that sleeps wakes up later than most gaps last. */
export function deviceClock(): OverlapClock {
  const start = process.hrtime.bigint();
  const now = (): number => Number(process.hrtime.bigint() - start);
  return {
    now,
    async waitUntil(time) {
      const long = time - now() - spinNs;
      if (long > 0) await sleepMilliseconds(long / 1e6);
      while (now() < time);
    },
  };
}
