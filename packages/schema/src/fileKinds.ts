import type { z } from "zod";
import { demands } from "./demand.ts";
import { evaluation } from "./evaluation.ts";
import { fleetPlan, fleetSchedule } from "./fleetPlan.ts";
import { fleetReport, fleetTrace, sharingComparison } from "./fleetTrace.ts";
import { fleetTransition } from "./fleetTransition.ts";
import { interference } from "./interference.ts";
import { kernelFillPlan } from "./kernelFillPlan.ts";
import { kernelOverlap } from "./kernelOverlap.ts";
import { kernelProfile } from "./kernelProfile.ts";
import { kernelSharing } from "./kernelSharing.ts";
import { kernelTrace } from "./kernelTrace.ts";
import { modePlan, modeSchedule } from "./modePlan.ts";
import { modeReport } from "./modeReport.ts";
import { modeSearch } from "./modeSearch.ts";
import { modeTrace } from "./modeTrace.ts";
import { paretoFront } from "./paretoFront.ts";
import { plan } from "./plan.ts";
import { problem } from "./problem.ts";
import { profileFile } from "./profileFile.ts";
import { report } from "./report.ts";
import { surrogate } from "./surrogate.ts";
import { responseTimes, schedulability, taskSet } from "./taskSet.ts";
import { trace } from "./trace.ts";
import { workloads } from "./workload.ts";

/** Every kind of JSON file partitune reads and writes: the word in its `kind` field → what checks it. */
export const fileKinds = {
  workloads: { schema: workloads, version: 1, title: "What is to be measured, and how it is started" },
  demands: { schema: demands, version: 1, title: "What each workload must deliver" },
  profile: { schema: profileFile, version: 1, title: "A measured device; the measurements are the table beside it" },
  surrogate: { schema: surrogate, version: 1, title: "Models fitted to a profile" },
  problem: { schema: problem, version: 1, title: "What is to be decided, as choices, costs and budgets" },
  "pareto-front": { schema: paretoFront, version: 1, title: "Alternatives among which only taste can choose" },
  plan: { schema: plan, version: 1, title: "Placements and the promises they make" },
  trace: { schema: trace, version: 1, title: "What happened when a plan met load" },
  "mode-search": { schema: modeSearch, version: 1, title: "A search for a power mode, and what it measured" },
  "mode-plan": { schema: modePlan, version: 1, title: "A power mode, what takes turns in it, and what that promises" },
  "mode-schedule": { schema: modeSchedule, version: 1, title: "Mode plans in time, for rates that change" },
  "mode-trace": { schema: modeTrace, version: 1, title: "What happened when a mode plan or schedule met load" },
  "mode-report": { schema: modeReport, version: 1, title: "A mode plan or schedule judged against its own promises" },
  evaluation: { schema: evaluation, version: 1, title: "Search strategies compared on a grid of problems" },
  interference: { schema: interference, version: 1, title: "How workloads on pieces of one card slow each other down" },
  "fleet-plan": {
    schema: fleetPlan,
    version: 1,
    title: "How many cards are cut, who runs where, and what that promises",
  },
  "fleet-schedule": { schema: fleetSchedule, version: 1, title: "Fleet plans in time, for rates that change" },
  "fleet-transition": {
    schema: fleetTransition,
    version: 1,
    title: "How a running fleet becomes another, step by step",
  },
  "fleet-trace": { schema: fleetTrace, version: 1, title: "What happened when a fleet plan met load" },
  "fleet-report": { schema: fleetReport, version: 1, title: "A fleet plan judged against its own promises" },
  "sharing-comparison": {
    schema: sharingComparison,
    version: 1,
    title: "The same requests under several ways of sharing a device",
  },
  "kernel-trace": { schema: kernelTrace, version: 1, title: "What a task ran on a device, operation by operation" },
  "kernel-profile": {
    schema: kernelProfile,
    version: 1,
    title: "What operations take, and how long the device is idle between them",
  },
  "kernel-fill-plan": {
    schema: kernelFillPlan,
    version: 1,
    title: "What a scheduler needs to fill the gaps of an urgent task",
  },
  "kernel-sharing": {
    schema: kernelSharing,
    version: 1,
    title: "Tasks on one device under several ways of sharing it, kernel by kernel",
  },
  "kernel-overlap": {
    schema: kernelOverlap,
    version: 1,
    title: "Networks that shared a device operator by operator, measured",
  },
  "task-set": { schema: taskSet, version: 1, title: "Tasks with deadlines on processor cores and an accelerator" },
  "response-times": { schema: responseTimes, version: 1, title: "Worst-case response times of a task set" },
  schedulability: { schema: schedulability, version: 1, title: "How many random task sets each analysis accepts" },
  report: { schema: report, version: 1, title: "A plan judged against its own promises" },
} as const satisfies Record<string, { schema: z.ZodType; version: number; title: string }>;

/** The word in a file's `kind` field. */
export type FileKind = keyof typeof fileKinds;

/** What a file of a kind holds. */
export type FileContent<K extends FileKind> = {
  readonly [Kind in FileKind]: Readonly<z.infer<(typeof fileKinds)[Kind]["schema"]>>;
}[K];

export const fileKindNames = Object.keys(fileKinds) as readonly FileKind[];
