import { kernelFillPlanHeadline, kernelProfileHeadline, kernelTraceHeadline } from "./kernelSection.ts";
import { kernelSharingHeadline } from "./kernelSharingSection.ts";
import { overlapHeadline } from "./overlapSection.ts";
import type { ReportInput } from "./reportInput.ts";
import { responseTimesHeadline, schedulabilityHeadline } from "./schedulabilitySection.ts";

/** Of what there is about kernels and deadlines, the first that answers a question; null when there is nothing. */
export function kernelHeadline(input: Omit<ReportInput, "title">): string | null {
  const { kernelTraces = [], kernelProfiles = [], kernelFillPlans = [], kernelSharings = [] } = input;
  const { kernelOverlaps = [], responseTimes = [], schedulabilities = [] } = input;
  const answers = [
    responseTimes.length > 0 ? [responseTimesHeadline(responseTimes)] : [],
    kernelOverlaps.map(overlapHeadline),
    kernelSharings.map(kernelSharingHeadline),
    kernelFillPlans.map(kernelFillPlanHeadline),
    kernelProfiles.map(kernelProfileHeadline),
    kernelTraces.map(kernelTraceHeadline),
    schedulabilities.map(schedulabilityHeadline),
  ];
  return answers.find((list) => list.length > 0)?.join(" ") ?? null;
}
