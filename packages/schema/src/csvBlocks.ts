import { isAscii, isUtf8 } from "node:buffer";
import { csvLimits } from "./csvLimits.ts";
import { InputError } from "./inputError.ts";

const feed = 10;

/**
 * The text of a file as blocks of whole lines; a missing line feed at the end is added, a byte order mark left out.
 *
 * @param chunks  the bytes; a piece need not stay valid when the next is asked for
 * @throws InputError when it is no UTF-8 text, or when a line is too long to be a row of a table
 */
export function* csvBlocks(file: string, chunks: Iterable<Buffer>): Generator<string> {
  let rest: Buffer = Buffer.alloc(0); // the beginning of a line, copied
  let first = true;
  for (const chunk of chunks) {
    const firstEnd = chunk.indexOf(feed) + 1;
    const lastEnd = chunk.lastIndexOf(feed) + 1;
    checkLength(file, rest.length + (firstEnd === 0 ? chunk.length : firstEnd), first);
    if (firstEnd === 0) {
      rest = Buffer.concat([rest, chunk]);
      continue;
    }
    yield decode(file, Buffer.concat([rest, chunk.subarray(0, firstEnd)]), first);
    first = false;
    if (lastEnd > firstEnd) yield decode(file, chunk.subarray(firstEnd, lastEnd), first);
    rest = Buffer.from(chunk.subarray(lastEnd));
  }
  if (rest.length > 0) yield decode(file, Buffer.concat([rest, Buffer.of(feed)]), first);
}

/** The first line has a tighter limit: no header of ours comes near it, and a wrong file is found at once. */
function checkLength(file: string, length: number, first: boolean): void {
  const limit = first ? csvLimits.header : csvLimits.line;
  if (length <= limit) return;
  throw new InputError({
    what: first ? "the first line" : "a line",
    problem: `is longer than ${limit / 1024} KiB`,
    advice: "check that this is a measurement table",
    where: first ? { file, line: 1 } : { file },
  });
}

function decode(file: string, bytes: Buffer, first: boolean): string {
  if (bytes.includes(0) || !isUtf8(bytes)) {
    throw new InputError({
      what: "the file",
      problem: "is not UTF-8 text",
      advice: "check that this is a measurement table, or save it as UTF-8 CSV",
      where: { file },
    });
  }
  if (isAscii(bytes)) return bytes.toString("latin1"); // one byte a character: half the memory, and faster to split
  const text = bytes.toString("utf8");
  return first && text.startsWith("\uFEFF") ? text.slice(1) : text;
}
