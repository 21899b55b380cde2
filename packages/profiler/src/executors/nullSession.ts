import type { Clock, Session } from "../executor.ts";

/** A session of a device without processes: a batch takes no time, and nothing is used. */
export function nullSession(clock: Clock): Session {
  return {
    mechanism: "none",
    async run() {
      const now = clock.now();
      return { start: now, end: now, service: 0 };
    },
    async usage() {
      return {
        cpuSeconds: 0,
        memoryPeakBytes: 0,
        energyJoules: 0,
        otherCpuSeconds: 0,
        throttleEvents: 0,
        reasons: {},
      };
    },
    async close() {},
  };
}
