import type { RealTimeSet } from "../realTimeSet.ts";

/** What an analysis found out about one task. */
export interface TaskResponse {
  /** Worst-case response time, ns; null when there is none up to the deadline, or none is known. */
  readonly bound: number | null;
  /** The bound, or the first value beyond the deadline, ns. */
  readonly reached: number;
  /** False when nothing can be said, since it rests on a task that has no bound itself. */
  readonly known: boolean;
}

export interface AnalysisResult {
  /** One per task with a deadline, in the order of the set. */
  readonly responses: readonly TaskResponse[];
  /** Priorities on the accelerator that the responses hold for, in the order of the set; greater is more urgent. */
  readonly gpuPriorities: readonly number[];
  /** What else the reader should know, in words; empty when nothing. */
  readonly notes: readonly string[];
}

/** A way of bounding response times. */
export interface Analysis {
  /** What is assumed of the system, in words. */
  readonly title: string;
  readonly proof: "published" | "simulated";
  /** @throws InputError when the set is not of the kind that the analysis covers */
  readonly analyse: (set: RealTimeSet) => AnalysisResult;
}
