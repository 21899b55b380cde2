import { fieldTable } from "./scanJson.ts";

/** Fields of an event that are looked for, in the order of `eventField`. */
export const eventFields = fieldTable(["ph", "cat", "name", "pid", "ts", "dur", "args"]);
export const eventField = { ph: 0, cat: 1, name: 2, pid: 3, ts: 4, dur: 5, args: 6 } as const;

/** The same for its arguments. */
export const argumentFields = fieldTable([
  "correlation",
  "device",
  "stream",
  "grid",
  "block",
  "graph id",
  "graph node id",
  "registers per thread",
  "shared memory",
]);
export const argumentField = {
  correlation: 0,
  device: 1,
  stream: 2,
  grid: 3,
  block: 4,
  graphId: 5,
  graphNode: 6,
  registers: 7,
  sharedMemory: 8,
} as const;

/** A field that is a whole number, or a string of one in decimal or, after 0x, hexadecimal digits; NaN when it is neither. */
export function numberAt(bytes: Uint8Array, spans: Int32Array, field: number): number {
  const start = spans[2 * field]!;
  const end = spans[2 * field + 1]!;
  if (start < 0 || start === end) return Number.NaN;
  let number = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("latin1");
      return Number(text.replaceAll('"', "") || Number.NaN);
    }
    number = number * 10 + digit;
  }
  return number;
}
