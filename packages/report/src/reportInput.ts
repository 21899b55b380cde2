import type {
  Evaluation,
  ModePlan,
  ModeReport,
  ModeSearch,
  ModeTrace,
  ParetoFront,
  Plan,
  Profile,
  Report,
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
  /** Raw samples of the measurements whose run is to be shown. */
  readonly runs?: readonly SampleRun[] | undefined;
}

/** All traces: the report's own, then the others. */
export function tracesOf({ report, traces = [] }: ReportInput): readonly Trace[] {
  return [...(report?.traces ?? []), ...traces];
}

/** True when anything in it is synthetic. */
export function isSynthetic(input: ReportInput): boolean {
  const { profile, surrogate, fronts = [], plan, report, runs = [], searches = [], evaluations = [] } = input;
  const { modePlan, modeReport, modeTraces = [] } = input;
  return (
    [profile?.device, surrogate?.device, plan?.device].some((device) => device?.synthetic === true) ||
    [
      plan,
      report,
      ...fronts,
      ...tracesOf(input),
      ...runs,
      ...searches,
      ...evaluations,
      modePlan,
      modeReport,
      ...modeTraces,
    ].some((part) => part?.synthetic === true)
  );
}
