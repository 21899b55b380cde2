import { InputError } from "./inputError.ts";

/** What the system's error codes mean to the user, and what cures them. */
const meanings: Readonly<Record<string, readonly [problem: string, advice: string]>> = {
  ENOENT: ["does not exist", "check the path"],
  ENOTDIR: ["runs through something that is no folder", "check the path"],
  EISDIR: ["is a folder", "name a file"],
  EEXIST: ["is taken by something that is no folder", "choose another path"],
  EACCES: ["may not be accessed", "change its permissions or choose another path"],
  EPERM: ["may not be accessed", "change its permissions or choose another path"],
  EROFS: ["lies on a read-only file system", "choose another path"],
  ENOSPC: ["does not fit: the disk is full", "free some space"],
  EMFILE: ["cannot be opened: too many open files", "raise the limit with ulimit -n"],
  ENAMETOOLONG: ["has too long a name", "choose a shorter one"],
};

/**
 * A failed file operation as an input error; anything else is returned as it is, to be thrown again.
 *
 * @param path  the file as the user named it
 */
export function fileProblem(path: string, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const meaning = meanings[code];
  if (meaning === undefined) return error;
  return new InputError({ what: `path "${path}"`, problem: meaning[0], advice: meaning[1] });
}
