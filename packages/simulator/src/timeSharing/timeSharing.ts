import type { Seconds } from "@partitune/schema";
import type { PeriodPlay } from "../periodPlay.ts";

/** What sharing costs where nobody manages it. */
export interface SharingCost {
  /** Length of a time slice, where there are any. */
  readonly quantumSeconds: Seconds;
  /** How much longer everything takes, relatively, while several have work: they fight over caches and memory, or contexts switch. */
  readonly interference: number;
}

/** A way in which workloads share the time of a device. */
export interface TimeSharing {
  /** It in words. */
  readonly description: string;
  /** Plays a period to its end. */
  readonly play: (period: PeriodPlay, cost: SharingCost) => void;
}
