import type { Analysis } from "./analysis.ts";
import { gcapsBusy } from "./gcapsBusy.ts";
import { gcapsBusyGpuPriorities } from "./gcapsBusyGpuPriorities.ts";
import { gcapsSuspend } from "./gcapsSuspend.ts";
import { gcapsSuspendGpuPriorities } from "./gcapsSuspendGpuPriorities.ts";
import { hostGap } from "./hostGap.ts";
import { limitedPreemptive } from "./limitedPreemptive.ts";
import { roundRobinBusy } from "./roundRobinBusy.ts";
import { roundRobinSuspend } from "./roundRobinSuspend.ts";

/** Ways of bounding response times of tasks on processor cores and one accelerator, by name. */
export const analyses = {
  "gcaps-suspend": gcapsSuspend,
  "gcaps-busy": gcapsBusy,
  "gcaps-suspend-gpu-priorities": gcapsSuspendGpuPriorities,
  "gcaps-busy-gpu-priorities": gcapsBusyGpuPriorities,
  "round-robin-suspend": roundRobinSuspend,
  "round-robin-busy": roundRobinBusy,
  "limited-preemptive": limitedPreemptive,
  "host-gap": hostGap,
} as const satisfies Record<string, Analysis>;

export type AnalysisName = keyof typeof analyses;
