import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import type { ProcessIdentity } from "@partitune/schema";
import { hasEnded, readProcessStat } from "./readProcessStat.ts";

/** A process, so that no later one is taken for it. `began` is empty where the system does not tell. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity> {
  const ticks = (await readProcessStat(pid))?.startTicks ?? "";
  return { pid, host: hostname(), began: `${await readBoot()} ${ticks}`.trim() };
}

/** Whether it still runs. One on another machine cannot be asked, and counts as running. */
export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  if (identity.host !== hostname()) return true;
  if (!exists(identity.pid)) return false;
  const stat = await readProcessStat(identity.pid);
  if (stat === undefined) return exists(identity.pid); // hidden from us, or it has just ended
  return !hasEnded(stat) && (await identifyProcess(identity.pid)).began === identity.began;
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether it ran, or runs, since the machine was last started. */
export async function isOfThisBoot({ began, host }: ProcessIdentity): Promise<boolean> {
  return host === hostname() && began.startsWith(`${await readBoot()} `);
}

async function readBoot(): Promise<string> {
  return (await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "")).trim();
}
