import { isUtf8 } from "node:buffer";
import { InputError } from "./inputError.ts";

const longestText = 2 ** 29 - 25; // the longest string the JavaScript engine can hold

/**
 * The value that the bytes of a JSON file stand for. A byte order mark is ignored.
 *
 * @param file  the file's name, for messages
 * @throws InputError with the line, when it is no UTF-8 text or no JSON
 */
export function parseJson(bytes: Buffer, file: string): unknown {
  if (bytes.length === 0) throw problem(file, "is empty", "check that writing it was not interrupted");
  if (bytes.length >= longestText) throw problem(file, "is larger than 512 MiB", "split it or record less");
  if (!isUtf8(bytes))
    throw problem(file, "is not UTF-8 text", "check that this is the right file, or save it as UTF-8");
  const text = bytes.toString("utf8").replace(/^\uFEFF/, "");
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw problem(file, `is not JSON (${oneLine(message)})`, "correct it, or make the file again", lineIn(message));
  }
}

function problem(file: string, problem: string, advice: string, line?: number): InputError {
  return new InputError({ what: "the text", problem, advice, where: line === undefined ? { file } : { file, line } });
}

/** The engine names the line in some of its messages: `… (line 3 column 7)`. */
function lineIn(message: string): number | undefined {
  const line = /\(line (\d+) column \d+\)/.exec(message)?.[1];
  return line === undefined ? undefined : Number(line);
}

function oneLine(message: string): string {
  return message.replaceAll(/[\p{Cc}\p{Cn}]+/gu, " ").slice(0, 120);
}
