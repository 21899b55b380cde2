import { setTimeout as sleepMilliseconds } from "node:timers/promises";
import type { Clock } from "./executor.ts";
import { monotonicSeconds } from "./meters/monotonicSeconds.ts";

/** The machine's clocks. */
export const systemClock: Clock = {
  name: "process.hrtime",
  now: monotonicSeconds,
  wall: () => Date.now() / 1e3,
  sleep: async (duration) => {
    await sleepMilliseconds(duration * 1e3);
  },
};
