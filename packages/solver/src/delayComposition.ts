import { InputError, type Seconds } from "@partitune/schema";
import { toNanoseconds } from "./toNanoseconds.ts";

/** A job that passes through the stages of a pipeline in their order. */
export interface PipelineJob {
  readonly name: string;
  /** The same on all stages; greater is more urgent, and no two jobs share one. */
  readonly priority: number;
  readonly arrivalSeconds: Seconds;
  /** Time on each stage; 0 where it only passes. */
  readonly stageSeconds: readonly Seconds[];
}

export interface PipelineBound {
  readonly job: string;
  /** From arrival to the end of its last stage, at most. */
  readonly boundSeconds: Seconds;
  readonly proof: "published" | "simulated";
}

interface JobTimes {
  readonly name: string;
  readonly priority: number;
  readonly arrival: number;
  readonly stages: readonly number[];
}

/**
 * Worst end-to-end delays of jobs in a pipeline of stages, each with one resource and fixed priorities.
 *
 * Preemptive, published: Σ over the job J and more urgent ones H of C* + Σ over stages but the last of the longest of H and J there, where C* is
 * the longest stage of a job, and the longest two together if it arrives after J.
 *
 * Not preemptive, ours, supported by simulation alone: Σ over H and J of the longest stage + Σ over stages but the last of the longest of H and J
 * there + Σ over all stages of the longest less urgent job there.
 *
 * @throws InputError when jobs differ in their number of stages, have none, share a name or a priority, or a time is negative
 * @see P. Jayachandran, T. Abdelzaher, Delay composition in preemptive and non-preemptive real-time pipelines (2008)
 */
export function delayComposition(
  jobs: readonly PipelineJob[],
  stages: "preemptive" | "non-preemptive",
): readonly PipelineBound[] {
  const times = toJobTimes(jobs);
  return times.map((job) => {
    const before = times.filter(({ priority }) => priority >= job.priority);
    const after = times.filter(({ priority }) => priority < job.priority);
    const delay = stages === "preemptive" ? preemptiveDelay(job, before) : wholeDelay(before, after);
    return {
      job: job.name,
      boundSeconds: delay / 1e9,
      proof: stages === "preemptive" ? "published" : "simulated",
    };
  });
}

function preemptiveDelay(job: JobTimes, before: readonly JobTimes[]): number {
  const own = sum(before.map(({ arrival, stages }) => longestTogether(stages, arrival > job.arrival ? 2 : 1)));
  return own + sum(longestPerStage(before).slice(0, -1));
}

function wholeDelay(before: readonly JobTimes[], after: readonly JobTimes[]): number {
  const own = sum(before.map(({ stages }) => longestTogether(stages, 1)));
  return own + sum(longestPerStage(before).slice(0, -1)) + sum(longestPerStage(after));
}

function longestPerStage(jobs: readonly JobTimes[]): readonly number[] {
  const count = jobs[0]?.stages.length ?? 0;
  return Array.from({ length: count }, (_, stage) => Math.max(...jobs.map(({ stages }) => stages[stage]!)));
}

function longestTogether(stages: readonly number[], count: number): number {
  return sum([...stages].sort((a, b) => b - a).slice(0, count));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function toJobTimes(jobs: readonly PipelineJob[]): readonly JobTimes[] {
  const names = new Set<string>();
  const priorities = new Map<number, string>();
  return jobs.map(({ name, priority, arrivalSeconds, stageSeconds }) => {
    const refuse = (problem: string, advice: string): never => {
      throw new InputError({ what: `job "${name}"`, problem, advice });
    };
    const expected = jobs[0]!.stageSeconds.length;
    if (stageSeconds.length === 0) refuse("passes no stage", "give the time on each stage");
    if (stageSeconds.length !== expected)
      refuse(`passes ${stageSeconds.length} stages, others ${expected}`, "give 0 s where it only passes");
    if (names.has(name)) refuse("stands there twice", "give each its own name");
    const other = priorities.get(priority);
    if (other !== undefined) refuse(`has the same priority as "${other}"`, "make one of them greater");
    names.add(name);
    priorities.set(priority, name);
    return {
      name,
      priority,
      arrival: toNanoseconds(arrivalSeconds, "down", `arrival of job "${name}"`),
      stages: stageSeconds.map((seconds, stage) =>
        toNanoseconds(seconds, "up", `time of job "${name}" on stage ${stage + 1}`),
      ),
    };
  });
}
