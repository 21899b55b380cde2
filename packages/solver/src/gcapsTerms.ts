import type { Interference, Recurrence } from "./leastFixedPoint.ts";
import type { AnalysedTask, RealTimeSet } from "./realTimeSet.ts";

/** What is known of the other tasks while one is analysed. */
export interface Others {
  /** Latest response of each task that jitters rest on, ns. */
  readonly latest: ArrayLike<number>;
  /** Whether a task of another core, by its index, goes before the one analysed on the accelerator. */
  readonly goesBefore: (index: number) => boolean;
}

/** Builds the recurrence of the task at the index. */
export type GcapsRecurrence = (set: RealTimeSet, index: number, others: Others) => Recurrence;

/** Run list updates of a job's segments: 2 ε η, one before and one after each. */
export function updatesOf({ segments }: AnalysedTask, { update }: RealTimeSet): number {
  return 2 * update * segments.length;
}

/** C + G* + B: own work, own updates, and waiting once for the update of another before each segment and at release (equation 9). */
export function ownWork(task: AnalysedTask, set: RealTimeSet): number {
  const waiting = (task.segments.length + 1) * set.update;
  return task.cpu + task.launch + task.execution + updatesOf(task, set) + waiting;
}

/** Segments of a more urgent task on another core: ⌈(R + Jg)/T⌉ · Ge*. */
export function remoteSegments(other: AnalysedTask, latest: number, set: RealTimeSet): Interference {
  return { period: other.period, jitter: latest - other.execution, work: other.execution + updatesOf(other, set) };
}
