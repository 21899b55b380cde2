import { link, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { InputError } from "@partitune/schema";
import { systemClock } from "./systemClock.ts";

/** Who holds a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process began, in the system's own ticks: a later process with the same number has another one. Empty where unknown. */
  readonly began: string;
}

/** No lock, one that cannot be understood, or its holder. */
type HolderFound = "none" | "garbled" | Holder;

const lockFile = "journal.lock";
const attempts = 20;
const pauseSeconds = 0.02;
let drafts = 0;

/**
 * Takes a folder for this process, so that no two campaigns write into one journal.
 *
 * The lock of a process that has ended is taken over. A lock appears with its content or not at all, and of several processes that
 * find an ended holder only one wins.
 *
 * @returns gives the folder back; may be called twice
 * @throws InputError when another process has it
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const lock = join(folder, lockFile);
  drafts += 1;
  const draft = `${lock}.${process.pid}-${drafts}`;
  await writeFile(draft, JSON.stringify(await holderOf(process.pid)));
  try {
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (await linked(draft, lock)) return () => rm(lock, { force: true });
      await refuseRunning(folder, lock);
      if (await takenOver(folder, lock, draft)) return () => rm(lock, { force: true });
      await systemClock.sleep(pauseSeconds);
    }
    throw taken(folder, null);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Replaces the lock of an ended holder. A second lock is held meanwhile, so that nobody else does the same. */
async function takenOver(folder: string, lock: string, draft: string): Promise<boolean> {
  const takeover = `${lock}.takeover`;
  if (!(await linked(draft, takeover))) {
    const other = await readHolder(takeover);
    if (other === "garbled" || (other !== "none" && !(await isRunning(other)))) await rm(takeover, { force: true });
    return false;
  }
  try {
    if ((await refuseRunning(folder, lock)) !== "none") await rm(lock, { force: true });
    return await linked(draft, lock);
  } finally {
    await rm(takeover, { force: true });
  }
}

/** @throws InputError when the holder is running; otherwise says who held it */
async function refuseRunning(folder: string, lock: string): Promise<HolderFound> {
  const holder = await readHolder(lock);
  if (holder !== "none" && holder !== "garbled" && (await isRunning(holder))) throw taken(folder, holder);
  return holder;
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

async function readHolder(lock: string): Promise<HolderFound> {
  const text = await readFile(lock, "utf8").catch(() => undefined);
  if (text === undefined) return "none";
  try {
    const { pid, host, began } = JSON.parse(text) as Partial<Holder>;
    return typeof pid === "number" && typeof host === "string" && typeof began === "string"
      ? { pid, host, began }
      : "garbled";
  } catch {
    return "garbled";
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
