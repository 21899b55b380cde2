import { link, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError, type ProcessIdentity } from "@partitune/schema";
import { identifyProcess, isRunning } from "./identifyProcess.ts";
import { systemClock } from "./systemClock.ts";

/** No lock, one that cannot be understood, or its holder. */
type HolderFound = "none" | "garbled" | ProcessIdentity;

/** What a folder is locked for. */
interface LockUse {
  readonly lockFile: string;
  /** What another process is doing with it. */
  readonly problem: string;
  readonly advice: string;
}

const profiling: LockUse = {
  lockFile: "journal.lock",
  problem: "is being profiled into",
  advice: "wait for it, measure into another folder",
};

const attempts = 20;
const pauseSeconds = 0.02;
let drafts = 0;

/**
 * Takes a folder for this process, so that no two campaigns write into one journal, for instance.
 *
 * The lock of a process that has ended is taken over. A lock appears with its content or not at all, and of several processes that
 * find an ended holder only one wins.
 *
 * @returns gives the folder back; may be called twice
 * @throws InputError when another process has it
 */
export async function lockFolder(folder: string, use: LockUse = profiling): Promise<() => Promise<void>> {
  const lock = join(folder, use.lockFile);
  drafts += 1;
  const draft = `${lock}.${process.pid}-${drafts}`;
  await writeFile(draft, JSON.stringify(await identifyProcess(process.pid)));
  try {
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (await linked(draft, lock)) return () => rm(lock, { force: true });
      await refuseRunning(folder, lock, use);
      if (await takenOver(folder, lock, draft, use)) return () => rm(lock, { force: true });
      await systemClock.sleep(pauseSeconds);
    }
    throw taken(folder, null, use);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Replaces the lock of an ended holder. A second lock is held meanwhile, so that nobody else does the same. */
async function takenOver(folder: string, lock: string, draft: string, use: LockUse): Promise<boolean> {
  const takeover = `${lock}.takeover`;
  if (!(await linked(draft, takeover))) {
    const other = await readHolder(takeover);
    if (other === "garbled" || (other !== "none" && !(await isRunning(other)))) await rm(takeover, { force: true });
    return false;
  }
  try {
    if ((await refuseRunning(folder, lock, use)) !== "none") await rm(lock, { force: true });
    return await linked(draft, lock);
  } finally {
    await rm(takeover, { force: true });
  }
}

/** @throws InputError when the holder is running; otherwise says who held it */
async function refuseRunning(folder: string, lock: string, use: LockUse): Promise<HolderFound> {
  const holder = await readHolder(lock);
  if (holder !== "none" && holder !== "garbled" && (await isRunning(holder))) throw taken(folder, holder, use);
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
    const { pid, host, began } = JSON.parse(text) as Partial<ProcessIdentity>;
    return typeof pid === "number" && typeof host === "string" && typeof began === "string"
      ? { pid, host, began }
      : "garbled";
  } catch {
    return "garbled";
  }
}

function taken(folder: string, holder: ProcessIdentity | null, { lockFile, problem, advice }: LockUse): InputError {
  const who = holder === null ? "another process" : `process ${holder.pid} on ${holder.host}`;
  return new InputError({
    what: `folder "${folder}"`,
    problem: `${problem} by ${who}`,
    advice: `${advice}, or delete "${join(folder, lockFile)}" if you know that it has ended`,
  });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}
