import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bytes, Seconds } from "@partitune/schema";

/** What the running processes of a process group have used. */
export interface ProcessGroupUsage {
  readonly processes: number;
  /** Processor time of all their threads, in steps of 10 ms; of ended children too, once their parent has noticed. */
  readonly cpuSeconds: Seconds;
  /** Sum of their high-water marks of resident memory; pages that they share count once for each. */
  readonly memoryPeakBytes: Bytes;
}

/** Ticks of processor time in /proc, USER_HZ: 100 a second on every Linux that Node runs on. */
const ticksPerSecond = 100;

/**
 * Adds up what /proc says about all processes of a group, those of a worker and of whatever it started.
 *
 * @param group  number of the process group
 * @param root  where /proc is found
 * @returns undefined when no process of the group is running
 */
export async function readProcessGroup(group: number, root = "/"): Promise<ProcessGroupUsage | undefined> {
  const names = (await readdir(join(root, "proc"))).filter((name) => /^\d+$/.test(name));
  const usages = await Promise.all(names.map((name) => readProcess(join(root, "proc", name), group)));
  const members = usages.filter((usage) => usage !== undefined);
  if (members.length === 0) return undefined;
  return {
    processes: members.length,
    cpuSeconds: members.reduce((sum, { ticks }) => sum + ticks, 0) / ticksPerSecond,
    memoryPeakBytes: members.reduce((sum, { peak }) => sum + peak, 0),
  };
}

async function readProcess(folder: string, group: number) {
  try {
    const stat = await readFile(join(folder, "stat"), "utf8");
    // The name, in parentheses, may itself hold spaces and parentheses; the numbers begin after the last one.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (Number(fields[2]) !== group) return undefined;
    const status = await readFile(join(folder, "status"), "utf8");
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { ticks, peak: Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024 };
  } catch {
    // It ended while we looked.
    return undefined;
  }
}
