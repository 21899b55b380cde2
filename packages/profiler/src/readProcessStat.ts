import { readFile } from "node:fs/promises";

/** What /proc/PID/stat says of a process. */
export interface ProcessStat {
  /** One letter: R runs, S and D sleep, T is stopped, t is traced, Z and X have ended. */
  readonly state: string;
  /** Number of its process group. */
  readonly group: number;
  /** Processor time of all its threads, in ticks. */
  readonly cpuTicks: number;
  /** When it started, in ticks since the machine did (field 22): a later process with the same number has another one. */
  readonly startTicks: number;
}

/** @returns undefined when there is no such process */
export async function readProcessStat(pid: number): Promise<ProcessStat | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (stat === undefined) return undefined;
  // The name, in parentheses, may itself hold spaces and parentheses; the state follows the last one.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    state: fields[0]!,
    group: Number(fields[2]),
    cpuTicks: Number(fields[11]) + Number(fields[12]),
    startTicks: Number(fields[19]),
  };
}

/** Whether a process has ended and only waits for its parent to notice. */
export function hasEnded({ state }: ProcessStat): boolean {
  return state === "Z" || state === "X";
}
