import type { Random } from "@partitune/numerics";
import type { GameJob, GameJobs, GameTask } from "./realTimeGame.ts";

/**
 * How jobs come. `together`: all tasks at once, then every period. `just-missed`: tasks below one of them begin 1 ns before all others.
 * `shifted`: every period, from random times on. `sporadic`: later than every period, and jobs take less than they may.
 */
export const attacks = ["together", "just-missed", "shifted", "sporadic"] as const;
export type AttackName = (typeof attacks)[number];

/**
 * Jobs of all tasks up to a time.
 *
 * Under all but `sporadic` jobs take all the time that they may, and come as early as they may.
 */
export function drawGameJobs(
  tasks: readonly GameTask[],
  attack: AttackName,
  horizon: number,
  random: Random,
): GameJobs {
  const victim = tasks[random.integer(tasks.length)]!.priority;
  return tasks.map((task) => {
    const early = attack === "sporadic";
    let release = firstRelease(task, attack, victim, random);
    const jobs: GameJob[] = [];
    while (release < horizon) {
      jobs.push(drawJob(task, release, early, random));
      release += task.period + (early ? Math.floor(random.exponential(4) * task.period * random.integer(2)) : 0);
    }
    return jobs;
  });
}

function firstRelease(task: GameTask, attack: AttackName, victim: number, random: Random): number {
  switch (attack) {
    case "together":
      return 0;
    case "just-missed":
      return task.priority < victim ? 0 : 1;
    case "shifted":
    case "sporadic":
      return random.integer(task.period);
  }
}

function drawJob({ cpu, launches, executions }: GameTask, release: number, early: boolean, random: Random): GameJob {
  const part = (time: number) => (early && random.next() < 0.5 ? Math.ceil(time * random.next()) : time);
  return {
    release,
    parts: cut(part(cpu), executions.length + 1, random),
    launches: launches.map(part),
    executions: executions.map((time) => Math.max(1, part(time))),
  };
}

/** A whole number cut into pieces at random; half of the time all of it is one piece. */
function cut(total: number, pieces: number, random: Random): readonly number[] {
  if (random.next() < 0.5) {
    const whole = random.integer(pieces);
    return Array.from({ length: pieces }, (_, piece) => (piece === whole ? total : 0));
  }
  const cuts = Array.from({ length: pieces - 1 }, () => random.integer(total + 1)).sort((a, b) => a - b);
  return [...cuts, total].map((end, piece) => end - (piece === 0 ? 0 : cuts[piece - 1]!));
}
