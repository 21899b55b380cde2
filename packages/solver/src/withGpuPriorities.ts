import { assignGpuPriorities } from "./assignGpuPriorities.ts";
import type { GcapsRecurrence } from "./gcapsTerms.ts";
import type { RealTimeSet } from "./realTimeSet.ts";
import { respondGcaps } from "./respondGcaps.ts";
import type { AnalysisResult } from "./schedulability/analysis.ts";

/** The priorities stated where they do; another order on the accelerator only where they do not and one is found. */
export function withGpuPriorities(set: RealTimeSet, recurrenceOf: GcapsRecurrence): AnalysisResult {
  const stated = respondGcaps(set, recurrenceOf);
  if (stated.responses.every(({ bound }) => bound !== null)) return stated;
  return (
    assignGpuPriorities(set, recurrenceOf) ?? {
      ...stated,
      notes: [...stated.notes, "no order of the tasks on the accelerator helps, as far as this analysis can tell"],
    }
  );
}
