import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { InputError } from "@partitune/schema";

/** Who holds a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process began, in the system's own ticks: a later process with the same number has another one. Empty where unknown. */
  readonly began: string;
}

const lockFile = "journal.lock";
const attempts = 3;

/**
 * Takes a folder for this process, so that no two campaigns write into one journal.
 *
 * The lock of a process that has ended is taken over. It appears with its content or not at all, and of several processes that
 * find an ended holder only one wins.
 *
 * @returns gives the folder back; may be called twice
 * @throws InputError when another process has it
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const lock = join(folder, lockFile);
  const own = await holderOf(process.pid);
  const draft = `${lock}.${process.pid}`;
  await writeFile(draft, JSON.stringify(own));
  try {
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (await linked(draft, lock)) return () => rm(lock, { force: true });
      const holder = await readHolder(lock);
      if (holder !== null && (await isRunning(holder))) throw taken(folder, holder);
      await takeAway(lock, holder);
    }
    throw taken(folder, await readHolder(lock));
  } finally {
    await rm(draft, { force: true });
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** Renames the lock away, which only one can do; gives it back when it is not the one that was found ended. */
async function takeAway(lock: string, ended: Holder | null): Promise<void> {
  const away = `${lock}.${process.pid}.ended`;
  try {
    await rename(lock, away);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  const found = await readHolder(away);
  if (JSON.stringify(found) !== JSON.stringify(ended)) await linked(away, lock);
  await rm(away, { force: true });
}

async function readHolder(lock: string): Promise<Holder | null> {
  const text = await readFile(lock, "utf8").catch(() => "");
  try {
    const value = JSON.parse(text) as Partial<Holder> | null;
    const { pid, host, began } = value ?? {};
    return typeof pid === "number" && typeof host === "string" && typeof began === "string"
      ? { pid, host, began }
      : null;
  } catch {
    return null;
  }
}

/** A holder on another machine cannot be asked, and counts as running. */
async function isRunning(holder: Holder): Promise<boolean> {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
  return (await holderOf(holder.pid)).began === holder.began;
}

/** Field 22 of /proc/PID/stat is the start time in ticks since boot. */
async function holderOf(pid: number): Promise<Holder> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  return { pid, host: hostname(), began: `${boot.trim()} ${ticks}`.trim() };
}

function taken(folder: string, holder: Holder | null): InputError {
  const who = holder === null ? "another process" : `process ${holder.pid} on ${holder.host}`;
  return new InputError({
    what: `folder "${folder}"`,
    problem: `is being profiled into by ${who}`,
    advice: `wait for it, measure into another folder, or delete "${join(folder, lockFile)}" if you know that it has ended`,
  });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}
