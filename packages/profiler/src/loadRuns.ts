import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Samples } from "@partitune/schema";
import { journalFile, readJournal } from "./readJournal.ts";

/**
 * All runs of a profile, warm-up included, by the id of the measurement. Where one was measured more than once, in two
 * environments say, the last counts.
 *
 * @param path  the profile's folder or a file in it; empty when there is no journal beside it
 * @throws InputError when the journal cannot be read
 */
export function loadRuns(path: string): ReadonlyMap<string, Samples> {
  const runs = new Map<string, Samples>();
  const journal = join(isFolder(path) ? path : dirname(path), journalFile);
  if (!existsSync(journal)) return runs;
  readJournal(journal, (entry) => {
    if (entry.type === "done") runs.set(entry.measurement.id, entry.samples);
    if (entry.type === "aborted" && entry.partial !== null) {
      runs.set(entry.partial.measurement.id, entry.partial.samples);
    }
  });
  return runs;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
