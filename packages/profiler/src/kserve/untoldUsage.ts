import type { Usage } from "../executor.ts";

/** What a server at the other end of a connection does not tell of what it uses. */
export const untoldUsage: Usage = {
  cpuSeconds: null,
  memoryPeakBytes: null,
  energyJoules: null,
  otherCpuSeconds: null,
  throttleEvents: null,
  reasons: {
    cpuSeconds: "a server does not tell its processor time",
    memoryPeakBytes: "a server does not tell its memory",
    energyJoules: "a server does not tell its energy",
  },
};
