import { closeSync, constants, existsSync, fstatSync, openSync, readFileSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import {
  fileProblem,
  InputError,
  type ProcessIdentity,
  type RestoreEntry,
  type RestoreHeader,
  type RestoreStep,
  restoreEntry,
} from "@partitune/schema";

/** What a restore file says of a step. */
export interface RecordedStep {
  readonly number: number;
  readonly step: RestoreStep;
  /** Why it was not put back, when that was tried. */
  readonly reason: string | undefined;
}

/** A restore file, read. */
export interface RestoreRecord {
  readonly file: string;
  readonly header: RestoreHeader;
  /** The latest guard; undefined before the first. */
  readonly guard: ProcessIdentity | undefined;
  /** Why the guard has put everything back although the owner lives; undefined when it has not. */
  readonly surrendered: string | undefined;
  /** Why the owner changes nothing any more; undefined when it may. */
  readonly closed: string | undefined;
  /** Steps that are not known to be back, in order. */
  readonly outstanding: readonly RecordedStep[];
}

const mostBytes = 1 << 26;

/**
 * Reads a restore file, which holds programs to run: one that others may have written is refused. A torn last line is left out,
 * since nothing is changed before a line is whole.
 *
 * @returns undefined when there is none
 * @throws InputError naming file and line
 */
export function readRestoreFile(file: string): RestoreRecord | undefined {
  const text = readTrusted(file);
  if (text === undefined) return undefined;
  const lines = text.split("\n").slice(0, -1);
  if (lines.length === 0) throw damaged(file, 1, "is missing: the header of a restore file was expected");
  return fold(
    file,
    lines.map((line, i) => parseEntry(file, line, i + 1)),
  );
}

function readTrusted(file: string): string | undefined {
  const handle = openIfThere(file);
  if (handle === undefined) return undefined;
  try {
    const found = fstatSync(handle);
    if (!found.isFile()) throw untrusted(file, "is no ordinary file");
    const doubt = whyUntrusted(found);
    if (doubt !== undefined) throw untrusted(file, doubt);
    const folderDoubt = whyUntrusted(statSync(dirname(file)));
    if (folderDoubt !== undefined) throw untrusted(file, `lies in a folder that ${folderDoubt}`);
    if (found.size > mostBytes) throw untrusted(file, "is larger than any that partitune writes");
    return readFileSync(handle, "utf8");
  } finally {
    closeSync(handle);
  }
}

/** @returns undefined when there is none, or none that this user can know of */
function openIfThere(file: string): number | undefined {
  try {
    return openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ELOOP") throw untrusted(file, "is a link");
    if (code === "EACCES" && existsSync(file)) throw unreadable(file);
    if (code === "ENOENT" || code === "EACCES") return undefined;
    throw fileProblem(file, error);
  }
}

function whyUntrusted({ uid, mode }: Stats): string | undefined {
  if (uid !== process.geteuid?.()) return `belongs to user ${uid}`;
  return (mode & 0o022) === 0 ? undefined : "may be written by others";
}

function parseEntry(file: string, line: string, number: number): RestoreEntry {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw damaged(file, number, "is not JSON");
  }
  if (number === 1 && isNewer(value))
    throw damaged(file, number, "is of a newer version than this partitune reads (1)");
  const parsed = restoreEntry.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw damaged(file, number, `has a wrong field "${issue.path.join(".")}" (${issue.message})`);
  }
  if ((parsed.data.type === "header") !== (number === 1))
    throw damaged(file, number, number === 1 ? "is no header" : "is a second header");
  return parsed.data;
}

function isNewer(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("version" in value)) return false;
  return typeof value.version === "number" && value.version > 1;
}

function fold(file: string, [header, ...entries]: readonly RestoreEntry[]): RestoreRecord {
  const steps = new Map<number, RecordedStep & { readonly back: boolean }>();
  let guard: ProcessIdentity | undefined;
  let surrendered: string | undefined;
  let closed: string | undefined;
  for (const [i, entry] of entries.entries()) {
    if (entry.type === "guarded") guard = entry.guard;
    if (entry.type === "surrendered") surrendered = entry.reason;
    if (entry.type === "closed") closed = entry.reason;
    if (entry.type === "step") steps.set(entry.number, { ...entry, reason: undefined, back: false });
    if (entry.type !== "restored" && entry.type !== "left") continue;
    const known = steps.get(entry.number);
    if (known === undefined) throw damaged(file, i + 2, `tells of step ${entry.number}, which was not recorded`);
    const reason = entry.type === "left" ? entry.reason : undefined;
    steps.set(entry.number, { ...known, reason, back: entry.type === "restored" });
  }
  const outstanding = [...steps.values()]
    .filter(({ back }) => !back)
    .map(({ number, step, reason }) => ({ number, step, reason }));
  return { file, header: header as RestoreHeader, guard, surrendered, closed, outstanding };
}

function damaged(file: string, line: number, problem: string): InputError {
  return new InputError({
    what: "the line",
    problem: `${problem}, so nothing of the file is carried out`,
    advice: "put back by hand what its other lines name, then delete the file",
    where: { file, line },
  });
}

function untrusted(file: string, problem: string): InputError {
  return new InputError({
    what: "the restore file",
    problem: `${problem}, and it names programs to run, so nothing of it is carried out`,
    advice: "let its owner restore it; if it is yours, read it, put back what it names and delete it",
    where: { file },
  });
}

function unreadable(file: string): InputError {
  return new InputError({
    what: "the restore file",
    problem: "is another user's: that user measures on the device, or left it changed",
    advice: 'let that user run "partitune restore"; for root, "sudo partitune restore"',
    where: { file },
  });
}
