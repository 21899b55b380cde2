import { readdir } from "node:fs/promises";
import { monotonicSeconds } from "../meters/monotonicSeconds.ts";
import { hasEnded, readProcessStat } from "../readProcessStat.ts";
import { systemClock } from "../systemClock.ts";
import type { Restorer, RestoreWorld, StepOf } from "./restorer.ts";

type ProcessStep = StepOf<"process">;

const pauseSeconds = 0.02;

/** Processes that were started: asked to end with all of their group, then killed. */
export const startedProcess: Restorer<ProcessStep> = {
  async doubt({ pid }) {
    return pid === process.pid || pid === process.ppid ? "it is one of those that measure" : undefined;
  },
  async readBack(step, world) {
    const alive = await membersOf(step, world);
    return alive.length === 0
      ? "back"
      : { differs: `${processes(alive)} still ${alive.length === 1 ? "runs" : "run"}` };
  },
  async restore(step, world) {
    const stat = await readProcessStat(step.pid);
    if (stat?.startTicks !== step.startTicks) return refuseOrphans(step, world);
    const target = stat.group === step.pid ? -step.pid : step.pid;
    signal(target, "SIGTERM");
    signal(target, "SIGCONT"); // one that is stopped would not hear it
    if (await gone(step, world, world.patience.endSeconds)) return;
    signal(target, "SIGKILL");
    await gone(step, world, world.patience.endSeconds);
  },
};

/**
 * Running processes of the step: its own and its group's.
 *
 * A number is not given to another process while a group still has it. So a process with this number and another start has nothing
 * to do with the step; and without any process of this number, the group may be a later one's.
 */
async function membersOf({ pid, startTicks }: ProcessStep, { sameBoot }: RestoreWorld): Promise<readonly number[]> {
  if (!sameBoot) return [];
  const leader = await readProcessStat(pid);
  if (leader !== undefined && leader.startTicks !== startTicks) return [];
  const numbers = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const stats = await Promise.all(numbers.map(async (number) => ({ number, stat: await readProcessStat(number) })));
  const leads = leader === undefined || leader.group === pid;
  return stats
    .filter(
      ({ number, stat }) => stat !== undefined && !hasEnded(stat) && (number === pid || (leads && stat.group === pid)),
    )
    .map(({ number }) => number);
}

/** @throws Error when there are any */
async function refuseOrphans(step: ProcessStep, world: RestoreWorld): Promise<void> {
  const orphans = await membersOf(step, world);
  if (orphans.length === 0) return;
  const them = orphans.join(" ");
  throw new Error(
    `it has ended, but ${processes(orphans)} of its group did not and cannot be told from a stranger's; if yours, end them with: kill ${them}`,
  );
}

async function gone(step: ProcessStep, world: RestoreWorld, within: number): Promise<boolean> {
  for (const start = monotonicSeconds(); monotonicSeconds() - start < within; ) {
    if ((await membersOf(step, world)).length === 0) return true;
    await systemClock.sleep(pauseSeconds);
  }
  return false;
}

function signal(target: number, name: NodeJS.Signals): void {
  try {
    process.kill(target, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function processes(numbers: readonly number[]): string {
  return `process${numbers.length === 1 ? "" : "es"} ${numbers.join(", ")}`;
}
