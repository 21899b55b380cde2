import { basename } from "node:path";
import { InputError } from "@partitune/schema";
import { readChunks } from "./readChunks.ts";

/** No row of a table comes near it, in characters. */
const longestLine = 2 ** 20;

/**
 * The lines of a text file, plain or gzipped, one by one, without their ends and without a byte order mark.
 *
 * @param visit  called with each line and its 1-based number
 * @throws InputError when the file cannot be read or unpacked, or a line is too long to be one
 */
export async function readTextLines(path: string, visit: (text: string, line: number) => void): Promise<void> {
  const { chunks, damage } = await readChunks(path);
  const decoder = new TextDecoder();
  let rest = "";
  let line = 0;
  const take = (text: string): void => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    if (rest.length > longestLine) throw tooLong(path, line + 1);
    for (const each of lines) visit(each.endsWith("\r") ? each.slice(0, -1) : each, ++line);
  };
  for await (const chunk of chunks) take(decoder.decode(chunk, { stream: true }));
  take(decoder.decode());
  if (rest !== "") take("\n");
  const stopped = damage();
  if (stopped === null) return;
  throw new InputError({
    what: `file "${basename(path)}"`,
    problem: `cannot be unpacked beyond line ${line} (${stopped})`,
    advice: "copy or record it again",
  });
}

function tooLong(path: string, line: number): InputError {
  return new InputError({
    what: "the line",
    problem: `is longer than ${longestLine / 2 ** 20} MiB`,
    advice: "check that this is a table",
    where: { file: basename(path), line },
  });
}
