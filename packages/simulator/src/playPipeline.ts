/** A job of a pipeline game, whole ns. */
export interface PipelineGameJob {
  /** The same on all stages; greater is more urgent. */
  readonly priority: number;
  readonly arrival: number;
  readonly stages: readonly number[];
}

/**
 * Plays jobs through stages with one resource each, by priority.
 *
 * @returns from arrival to the end of the last stage, job by job, ns
 */
export function playPipeline(
  jobs: readonly PipelineGameJob[],
  preemption: "preemptive" | "non-preemptive",
): readonly number[] {
  const stages = jobs[0]?.stages.length ?? 0;
  let ready = jobs.map(({ arrival }) => arrival);
  for (let stage = 0; stage < stages; stage++) ready = playStage(jobs, stage, ready, preemption === "preemptive");
  return jobs.map(({ arrival }, index) => ready[index]! - arrival);
}

/** When each job leaves a stage that it reaches at the times given. Stages feed forward only, so they can be played one after another. */
function playStage(
  jobs: readonly PipelineGameJob[],
  stage: number,
  reached: readonly number[],
  preemptive: boolean,
): number[] {
  const left = jobs.map(({ stages }) => stages[stage]!);
  const done = [...reached];
  const waiting = new Set(jobs.keys());
  for (const job of waiting) if (left[job] === 0) waiting.delete(job);
  let now = 0;
  while (waiting.size > 0) {
    const here = [...waiting].filter((job) => reached[job]! <= now);
    const coming = Math.min(...[...waiting].map((job) => reached[job]!).filter((time) => time > now));
    if (here.length === 0) {
      now = coming;
      continue;
    }
    const first = here.reduce((a, b) => (jobs[a]!.priority > jobs[b]!.priority ? a : b));
    const ran = preemptive ? Math.min(left[first]!, coming - now) : left[first]!;
    now += ran;
    left[first]! -= ran;
    if (left[first] === 0) {
      done[first] = now;
      waiting.delete(first);
    }
  }
  return done;
}
