import type { TaskSet } from "@partitune/schema";

/** A task of a game, times in whole ns. */
export interface GameTask {
  readonly name: string;
  readonly core: number;
  /** Greater is more urgent; tasks without deadlines are below 0. */
  readonly priority: number;
  readonly gpuPriority: number;
  readonly period: number;
  readonly cpu: number;
  readonly launches: readonly number[];
  readonly executions: readonly number[];
  readonly bestEffort: boolean;
}

/** One job: what it really takes, at most what its task states. */
export interface GameJob {
  readonly release: number;
  /** Processor time before each segment, and after the last: one more than segments. */
  readonly parts: readonly number[];
  readonly launches: readonly number[];
  readonly executions: readonly number[];
}

/** Jobs of each task, by release. */
export type GameJobs = readonly (readonly GameJob[])[];

/** Longest response of each task, ns; 0 where no job of it ended. */
export type LongestResponses = readonly number[];

/** Tasks of a set as they are played; nothing is checked that a wrong bound could hide behind. */
export function toGameTasks({ tasks }: TaskSet): readonly GameTask[] {
  return tasks.map((task, index) => ({
    name: task.name,
    core: task.core,
    priority: task.bestEffort ? -1 - index : task.priority,
    gpuPriority: task.bestEffort ? -1 - index : (task.gpuPriority ?? task.priority),
    period: inNanoseconds(task.periodSeconds),
    cpu: inNanoseconds(task.cpuSeconds),
    launches: task.segments.map(({ launchSeconds }) => inNanoseconds(launchSeconds)),
    executions: task.segments.map(({ executionSeconds }) => inNanoseconds(executionSeconds)),
    bestEffort: task.bestEffort,
  }));
}

export function inNanoseconds(seconds: number): number {
  return Math.round(seconds * 1e9);
}
