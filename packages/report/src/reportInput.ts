import type {
  Evaluation,
  FleetPlan,
  FleetReport,
  FleetSchedule,
  FleetTrace,
  FleetTransition,
  Interference,
  KernelFillPlan,
  KernelOverlap,
  KernelProfile,
  KernelSharing,
  KernelTrace,
  ModePlan,
  ModeReport,
  ModeSearch,
  ModeTrace,
  ParetoFront,
  Plan,
  Profile,
  Report,
  ResponseTimes,
  Schedulability,
  SharingComparison,
  Surrogate,
  Trace,
} from "@partitune/schema";
import type { SampleRun } from "./plots/runSequence.ts";

/** What a page may be made from. Whatever is absent is left out, and the page says which command would add it. */
export interface ReportInput {
  readonly title: string;
  readonly profile?: Profile | undefined;
  readonly surrogate?: Surrogate | undefined;
  readonly fronts?: readonly ParetoFront[] | undefined;
  readonly plan?: Plan | undefined;
  readonly report?: Report | undefined;
  /** Traces that are not already in the report. */
  readonly traces?: readonly Trace[] | undefined;
  readonly searches?: readonly ModeSearch[] | undefined;
  readonly modePlan?: ModePlan | undefined;
  readonly modeReport?: ModeReport | undefined;
  readonly modeTraces?: readonly ModeTrace[] | undefined;
  readonly evaluations?: readonly Evaluation[] | undefined;
  readonly fleetPlan?: FleetPlan | undefined;
  readonly fleetReport?: FleetReport | undefined;
  /** Traces of the fleet that are not already in its report. */
  readonly fleetTraces?: readonly FleetTrace[] | undefined;
  readonly schedules?: readonly FleetSchedule[] | undefined;
  readonly transitions?: readonly FleetTransition[] | undefined;
  readonly comparisons?: readonly SharingComparison[] | undefined;
  readonly interferences?: readonly Interference[] | undefined;
  readonly kernelTraces?: readonly KernelTrace[] | undefined;
  readonly kernelProfiles?: readonly KernelProfile[] | undefined;
  readonly kernelFillPlans?: readonly KernelFillPlan[] | undefined;
  readonly kernelSharings?: readonly KernelSharing[] | undefined;
  readonly kernelOverlaps?: readonly KernelOverlap[] | undefined;
  readonly responseTimes?: readonly ResponseTimes[] | undefined;
  readonly schedulabilities?: readonly Schedulability[] | undefined;
  /** Raw samples of the measurements whose run is to be shown. */
  readonly runs?: readonly SampleRun[] | undefined;
}

/** All traces: the report's own, then the others. */
export function tracesOf({ report, traces = [] }: ReportInput): readonly Trace[] {
  return [...(report?.traces ?? []), ...traces];
}

/** All traces of the fleet: the report's own, then the others. */
export function fleetTracesOf({ fleetReport, fleetTraces = [] }: ReportInput): readonly FleetTrace[] {
  return [...(fleetReport?.traces ?? []), ...fleetTraces];
}

/** True when there is something about fleets of cards in it. */
export function isAboutFleets(input: ReportInput): boolean {
  return fleetParts(input).length > 0;
}

/** Everything about fleets, each with the name of its kind. */
export function fleetParts(input: ReportInput) {
  const { fleetPlan, fleetReport, schedules, transitions, comparisons, interferences } = input;
  return [
    ...named("fleet plan", [fleetPlan]),
    ...named("fleet report", [fleetReport]),
    ...named("fleet trace", fleetTracesOf(input)),
    ...named("fleet schedule", schedules),
    ...named("fleet transition", transitions),
    ...named("comparison of sharing", comparisons),
    ...named("interference", interferences),
  ];
}

/** True when there is something about kernels or deadlines in it. */
export function isAboutKernels(input: ReportInput): boolean {
  return kernelParts(input).length > 0 || deadlineParts(input).length > 0;
}

/** Everything about kernels, each with the name of its kind. */
export function kernelParts(input: ReportInput) {
  const { kernelTraces, kernelProfiles, kernelFillPlans, kernelSharings, kernelOverlaps } = input;
  return [
    ...named("measured overlap", kernelOverlaps),
    ...named("kernel trace", kernelTraces),
    ...named("kernel profile", kernelProfiles),
    ...named("fill plan", kernelFillPlans),
    ...named("comparison of kernel sharing", kernelSharings),
  ];
}

/** Everything about deadlines of task sets, each with the name of its kind. */
export function deadlineParts({ responseTimes, schedulabilities }: ReportInput) {
  return [...named("response times", responseTimes), ...named("schedulability", schedulabilities)];
}

function named<T>(name: string, parts: readonly (T | undefined)[] = []) {
  return parts.flatMap((part) => (part === undefined ? [] : [{ name, part }]));
}

/** True when anything in it is synthetic. */
export function isSynthetic(input: ReportInput): boolean {
  const { profile, surrogate, fronts = [], plan, report, runs = [], searches = [], evaluations = [] } = input;
  const { modePlan, modeReport, modeTraces = [] } = input;
  const fleets = fleetParts(input).map(({ part }) => part);
  const kernels = kernelParts(input).map(({ part }) => part);
  const parts = [
    plan,
    report,
    ...kernels,
    ...fronts,
    ...tracesOf(input),
    ...runs,
    ...searches,
    ...evaluations,
    ...fleets,
  ];
  return (
    [profile?.device, surrogate?.device, plan?.device].some((device) => device?.synthetic === true) ||
    [...parts, modePlan, modeReport, ...modeTraces].some((part) => part?.synthetic === true)
  );
}
