import { type FileHandle, open, truncate } from "node:fs/promises";
import { join } from "node:path";
import { checkWritable, InputError, type JournalEntry, profileFiles, saveProfile } from "@partitune/schema";
import { emptyJournal } from "./journal.ts";
import { lockFolder } from "./lockFolder.ts";
import { makeFolder } from "./makeFolder.ts";
import { journalFile, readJournal } from "./readJournal.ts";
import type { Sink } from "./sink.ts";

/** A journal on disk, with the profile beside it. */
export interface JournalFile extends Sink {
  /** Closes the file and gives the folder back. May be called twice. */
  close(): Promise<void>;
}

/** Lines that must survive a power cut before the next measurement begins. */
const flushed: readonly JournalEntry["type"][] = ["header", "environment", "planned", "done", "failed", "aborted"];

/**
 * Opens the folder of a profile for measuring: takes its lock, reads its journal, cuts a torn last line off, and tries out that
 * journal and profile can be written. So an unwritable path is found before anything is measured.
 *
 * @throws InputError when the folder cannot be used, is in use, or holds a journal that cannot be read
 */
export async function openJournal(folder: string): Promise<JournalFile> {
  await guarded(folder, () => makeFolder(folder));
  const unlock = await guarded(folder, () => lockFolder(folder));
  try {
    for (const name of Object.values(profileFiles)) checkWritable(join(folder, name));
    return await openLocked(folder, unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function openLocked(folder: string, unlock: () => Promise<void>): Promise<JournalFile> {
  const path = join(folder, journalFile);
  const journal = emptyJournal();
  const file = await guarded(path, () => open(path, "a"));
  try {
    const whole = readJournal(path, (entry) => journal.add(entry));
    await guarded(path, () => truncate(path, whole));
    await flushFolder(folder);
  } catch (error) {
    await file.close();
    throw error;
  }
  let closing: Promise<void> | undefined;
  return {
    journal,
    async append(entry) {
      await guarded(path, () => writeLine(file, entry));
      journal.add(entry);
    },
    async save(profile) {
      saveProfile(folder, profile);
    },
    close() {
      closing ??= file.close().finally(unlock);
      return closing;
    },
  };
}

async function writeLine(file: FileHandle, entry: JournalEntry): Promise<void> {
  await file.appendFile(`${JSON.stringify(entry)}\n`);
  if (flushed.includes(entry.type)) await file.sync();
}

/** A new file's name is safe only when the folder is on disk too. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}

/** Says which path could not be used. */
async function guarded<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof InputError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError({
      what: `path "${path}"`,
      problem: `cannot be written (${code ?? String(error)})`,
      advice: "check its rights and the space left, or choose another folder with --out",
    });
  }
}
