import { StringDecoder } from "node:string_decoder";

/** Longest line that is kept; the rest of a longer one is dropped. */
const longestLine = 1 << 20;

/**
 * Cuts a stream of bytes into lines.
 *
 * @param onLine  called with each line, without its end; a line longer than a mebibyte is cut
 * @returns a function to be given the bytes as they come
 */
export function splitLines(onLine: (line: string) => void): (bytes: Uint8Array) => void {
  const decoder = new StringDecoder("utf8");
  let begun = "";
  return (bytes) => {
    const lines = decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).split("\n");
    lines[0] = (begun + lines[0]).slice(0, longestLine);
    begun = lines.pop()!;
    for (const line of lines) onLine(line);
  };
}
