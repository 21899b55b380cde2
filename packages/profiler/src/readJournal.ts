import { closeSync, openSync, readSync } from "node:fs";
import { InputError, type JournalEntry, journalEntry } from "@partitune/schema";

/** Name of the journal in the folder of a profile. */
export const journalFile = "journal.jsonl";

const newline = 0x0a;
const chunkBytes = 1 << 18;

/**
 * Reads a journal from its first line to its last, one at a time: its size is not limited by memory.
 *
 * A last line that is torn, as after a crash or a power cut, is left out.
 *
 * @param visit  called for each entry
 * @returns the length in bytes of the part that is whole
 * @throws InputError when a line before the last cannot be read, when the first is no header, or the file cannot be opened
 */
export function readJournal(path: string, visit: (entry: JournalEntry) => void): number {
  let whole = 0;
  let number = 0;
  let torn: InputError | undefined;
  for (const { line, ended } of linesOf(path)) {
    if (torn !== undefined) throw torn;
    number += 1;
    const entry = ended ? parseEntry(line, path, number) : tornLine(path, number);
    if (entry instanceof InputError) {
      torn = entry;
      continue;
    }
    visit(entry);
    whole += line.length + 1;
  }
  if (whole === 0 && torn !== undefined) refuseForeign(path, torn);
  return whole;
}

/** A file whose only line is torn is ours when it looks like the beginning of a header; anything else must not be overwritten. */
function refuseForeign(path: string, problem: InputError): void {
  const beginning = '{"type":"header"';
  for (const { line } of linesOf(path)) {
    const text = line.toString("utf8");
    if (!beginning.startsWith(text.slice(0, beginning.length))) throw problem;
    return;
  }
}

function* linesOf(path: string): Generator<{ readonly line: Buffer; readonly ended: boolean }> {
  let parts: Buffer[] = [];
  for (const chunk of chunksOf(path)) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      parts.push(chunk.subarray(from, end));
      yield { line: Buffer.concat(parts), ended: true };
      parts = [];
      from = end + 1;
    }
    if (from < chunk.length) parts.push(chunk.subarray(from));
  }
  if (parts.length > 0) yield { line: Buffer.concat(parts), ended: false };
}

function* chunksOf(path: string): Generator<Buffer> {
  const file = openSync(path, "r");
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(chunkBytes);
      const length = readSync(file, chunk);
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}

function parseEntry(line: Buffer, path: string, number: number): JournalEntry | InputError {
  let value: unknown;
  try {
    value = JSON.parse(line.toString("utf8"));
  } catch {
    return problem(path, number, "is not JSON");
  }
  if (number === 1 && isNewer(value)) throw newerJournal(path);
  const parsed = journalEntry.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    return problem(path, number, `has a wrong field "${issue.path.join(".")}" (${issue.message})`);
  }
  if ((parsed.data.type === "header") !== (number === 1)) {
    return problem(path, number, number === 1 ? "is no header" : "is a second header");
  }
  return parsed.data;
}

function isNewer(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("kind" in value) || !("version" in value)) return false;
  return value.kind === "journal" && typeof value.version === "number" && value.version > 1;
}

function newerJournal(path: string): InputError {
  return new InputError({
    what: 'field "version"',
    problem: "is newer than the journals this partitune reads (1)",
    advice: "update partitune, or measure into another folder",
    where: { file: path, line: 1 },
  });
}

function tornLine(path: string, number: number): InputError {
  return problem(path, number, "is torn");
}

function problem(path: string, line: number, what: string): InputError {
  return new InputError({
    what: "the line",
    problem: what,
    advice: "repair or delete the line, or measure into another folder; only a last line may be broken, by a crash",
    where: { file: path, line },
  });
}
