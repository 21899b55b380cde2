import type { PeriodPlay } from "../periodPlay.ts";

/** A way in which workloads share the time of a device. */
export interface TimeSharing {
  /** It in words. */
  readonly description: string;
  /** Plays a period to its end. @param quantumSeconds  length of a time slice, where there are any */
  readonly play: (period: PeriodPlay, quantumSeconds: number) => void;
}
