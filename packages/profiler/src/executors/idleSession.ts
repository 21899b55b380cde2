import type { Clock, Session } from "../executor.ts";
import type { CpuMeters } from "./cpuMeters.ts";

/** A session on which nothing runs, so that the idle device's power can be measured: a batch of b is b seconds of waiting. */
export function idleSession(clock: Clock, meters: CpuMeters): Session {
  return {
    mechanism: "none",
    async run(batch) {
      const start = clock.now();
      await clock.sleep(batch);
      const end = clock.now();
      return { start, end, service: end - start };
    },
    async usage() {
      const energy = await meters.energy();
      const other = await meters.otherCpu();
      const throttles = await meters.throttleEvents();
      return {
        cpuSeconds: 0,
        memoryPeakBytes: null,
        energyJoules: energy.value,
        otherCpuSeconds: other.value,
        throttleEvents: throttles.value,
        reasons: {
          memoryPeakBytes: "nothing runs",
          ...(energy.value === null ? { energyJoules: energy.reason } : {}),
        },
      };
    },
    async close() {},
  };
}
