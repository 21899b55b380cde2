import type { GameJob, GameJobs, GameTask, LongestResponses } from "./realTimeGame.ts";

interface Runner {
  readonly jobs: readonly GameJob[];
  readonly priority: number;
  job: number;
  kernel: number;
  /** When the next kernel is handed over; Infinity when there is none. */
  ready: number;
  longest: number;
}

/**
 * Plays chains of kernels on one accelerator: a kernel runs to its end, then the most urgent one that was handed over begins. The host of a task
 * prepares a kernel after the one before has ended, on a core of its own.
 */
export function playKernelChains(tasks: readonly GameTask[], jobs: GameJobs): LongestResponses {
  const runners = tasks.map(({ priority }, index): Runner => {
    const runner: Runner = { jobs: jobs[index]!, priority, job: 0, kernel: 0, ready: 0, longest: 0 };
    begin(runner, 0);
    return runner;
  });
  const urgentFirst = runners.toSorted((a, b) => b.priority - a.priority);
  let now = 0;
  for (;;) {
    const next = urgentFirst.find(({ ready }) => ready <= now);
    if (next !== undefined) {
      now += next.jobs[next.job]!.executions[next.kernel]!;
      advance(next, now);
    } else {
      now = Math.min(...urgentFirst.map(({ ready }) => ready));
      if (now === Number.POSITIVE_INFINITY) return runners.map(({ longest }) => longest);
    }
  }
}

/** Goes on to the next job, and over those without kernels. */
function begin(runner: Runner, now: number): void {
  let start = now;
  for (; runner.job < runner.jobs.length; runner.job++) {
    const job = runner.jobs[runner.job]!;
    start = Math.max(start, job.release);
    if (job.executions.length > 0) {
      runner.kernel = 0;
      runner.ready = start + job.parts[0]! + job.launches[0]!;
      return;
    }
    start += job.parts[0]!;
    runner.longest = Math.max(runner.longest, start - job.release);
  }
  runner.ready = Number.POSITIVE_INFINITY;
}

function advance(runner: Runner, now: number): void {
  const job = runner.jobs[runner.job]!;
  runner.kernel++;
  const after = now + job.parts[runner.kernel]!;
  if (runner.kernel < job.executions.length) {
    runner.ready = after + job.launches[runner.kernel]!;
    return;
  }
  runner.longest = Math.max(runner.longest, after - job.release);
  runner.job++;
  begin(runner, after);
}
