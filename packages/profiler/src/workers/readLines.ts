import { readSync } from "node:fs";
import { splitLines } from "./splitLines.ts";

const chunkBytes = 1 << 16;
const standardInput = 0;

/**
 * Hands over the lines of standard input one by one, each when the one before has been dealt with, until the input ends.
 *
 * The thread itself waits for the next bytes. Waiting in the event loop costs more calls of the kernel, and brings the two processes to different cores more
 * often, of which one has to wake up. An input that does not let itself be waited for (it was opened
 * non-blocking) is read by the event loop.
 */
export async function readLines(handle: (line: string) => Promise<void>): Promise<void> {
  const lines: string[] = [];
  const take = splitLines((line) => lines.push(line));
  const chunk = Buffer.allocUnsafe(chunkBytes);
  for (;;) {
    for (const line of lines.splice(0)) await handle(line);
    const length = readWaiting(chunk);
    if (length === undefined) break;
    if (length === 0) return;
    take(chunk.subarray(0, length));
  }
  for await (const bytes of process.stdin) {
    take(bytes as Uint8Array);
    for (const line of lines.splice(0)) await handle(line);
  }
}

/** Number of bytes read, 0 at the end; undefined when the input is non-blocking and has none now. */
function readWaiting(chunk: Buffer): number | undefined {
  try {
    return readSync(standardInput, chunk, 0, chunk.length, null);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EAGAIN") return undefined;
    if (code === "EOF" || code === "ECONNRESET") return 0;
    throw error;
  }
}
