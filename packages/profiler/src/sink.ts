import type { JournalEntry, Profile } from "@partitune/schema";
import { emptyJournal, type Journal } from "./journal.ts";

/** Where a campaign writes, and what it finds there from earlier ones. */
export interface Sink {
  readonly journal: Journal;
  /** Writes a line; results are on disk when it returns. */
  append(entry: JournalEntry): Promise<void>;
  /** Replaces the saved profile. */
  save(profile: Profile): Promise<void>;
}

/** A sink in memory, for tests and for measurements that are thrown away. */
export function memorySink(): Sink & { readonly entries: readonly JournalEntry[]; readonly saved: Profile | null } {
  const journal = emptyJournal();
  const entries: JournalEntry[] = [];
  let saved: Profile | null = null;
  return {
    journal,
    entries,
    get saved() {
      return saved;
    },
    async append(entry) {
      entries.push(entry);
      journal.add(entry);
    },
    async save(profile) {
      saved = profile;
    },
  };
}
