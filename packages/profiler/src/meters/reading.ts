/** A value that was read, or null and why it could not be. It is never 0 or an old value instead. */
export type Reading =
  | { readonly value: number; readonly reason?: never }
  | { readonly value: null; readonly reason: string };

/** The reading of something that may throw; the reason names what was read. */
export async function tryReading(what: string, read: () => Promise<number>): Promise<Reading> {
  try {
    const value = await read();
    return Number.isFinite(value) ? { value } : { value: null, reason: `${what} holds no number` };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const problem =
      code === "ENOENT" ? "does not exist" : code === "EACCES" || code === "EPERM" ? "may not be read" : String(error);
    return { value: null, reason: `${what} ${problem}` };
  }
}
