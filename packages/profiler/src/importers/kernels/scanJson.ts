/** Result of scanning when the text ends before what is scanned does; the caller brings more bytes and scans again. */
export const incomplete = -1;

/** Names of fields, so that a field is told by its bytes. */
export interface FieldTable {
  readonly count: number;
  /** By length of the name in bytes: the fields of that length. */
  readonly byLength: readonly (readonly { readonly name: Uint8Array; readonly index: number }[])[];
}

/** Asked about fields as they are passed; false leaves the rest of the object out. */
export type KeepObject = (field: number, bytes: Uint8Array, start: number, end: number) => boolean;

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

/** 0 anything else, 1 quote, 2 opening, 3 closing: what matters for the end of a nested value. */
const nesting = new Uint8Array(256);
nesting[quote] = 1;
nesting[openBrace] = nesting[openBracket] = 2;
nesting[closeBrace] = nesting[closeBracket] = 3;

/** 1 for bytes that end a number or a literal. */
const scalarEnds = new Uint8Array(256);
for (const byte of [0x20, 0x09, 0x0a, 0x0d, comma, colon, quote, openBrace, closeBrace, openBracket, closeBracket]) {
  scalarEnds[byte] = 1;
}

/** The position of a fault as a result of scanning; `faultAt` gives it back. */
function fault(at: number): number {
  return -2 - at;
}

/** Where scanning met something that is no JSON; undefined when it did not. */
export function faultAt(result: number): number | undefined {
  return result < incomplete ? -2 - result : undefined;
}

/** A table of fields by name, numbered in the order given. */
export function fieldTable(names: readonly string[]): FieldTable {
  const byLength: { name: Uint8Array; index: number }[][] = [];
  for (const [index, text] of names.entries()) {
    const name = new TextEncoder().encode(text);
    byLength[name.length] ??= [];
    byLength[name.length]!.push({ name, index });
  }
  return { count: names.length, byLength: Array.from(byLength, (list) => list ?? []) };
}

/** Position of the first byte at or after `at` that is not white space; `limit` when there is none. */
export function skipSpace(bytes: Uint8Array, at: number, limit: number): number {
  let position = at;
  while (position < limit) {
    const byte = bytes[position]!;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    position++;
  }
  return position;
}

/** Position of the quote that closes a string whose first character is at `at`, or `incomplete`. */
export function stringEnd(bytes: Uint8Array, at: number, limit: number): number {
  let position = at;
  while (position < limit) {
    const byte = bytes[position]!;
    if (byte === quote) return position;
    position += byte === backslash ? 2 : 1;
  }
  return incomplete;
}

/** Position after the value that begins at `at`, or `incomplete`, or a fault. Inside nested values only quotes and brackets are looked at. */
export function valueEnd(bytes: Uint8Array, at: number, limit: number): number {
  if (at >= limit) return incomplete;
  const kind = nesting[bytes[at]!]!;
  if (kind === 1) {
    const end = stringEnd(bytes, at + 1, limit);
    return end < 0 ? incomplete : end + 1;
  }
  if (kind === 2) return nestedEnd(bytes, at + 1, limit);
  let position = at;
  while (position < limit && scalarEnds[bytes[position]!] === 0) position++;
  if (position === limit) return incomplete;
  return position === at ? fault(at) : position;
}

/** Position after the bracket that closes the object or array inside which `at` stands, or `incomplete`. */
function nestedEnd(bytes: Uint8Array, at: number, limit: number): number {
  let depth = 1;
  let position = at;
  while (position < limit) {
    const kind = nesting[bytes[position++]!]!;
    if (kind === 0) continue;
    if (kind === 1) {
      const end = stringEnd(bytes, position, limit);
      if (end < 0) return incomplete;
      position = end + 1;
    } else if (kind === 2) depth++;
    else if (--depth === 0) return position;
  }
  return incomplete;
}

/**
 * Passes over the object that begins at `from` and notes where the values of its known fields stand: `spans[2 f]` and
 * `spans[2 f + 1]` are the first position of field f's value and the one after it, quotes and brackets included, −1 where the
 * object has no such field. All are −1 when `keep` declined the object.
 *
 * @returns the position after the object, or `incomplete`, or a fault
 */
export function scanObject(
  bytes: Uint8Array,
  from: number,
  limit: number,
  fields: FieldTable,
  spans: Int32Array,
  keep?: KeepObject,
): number {
  spans.fill(-1);
  let at = from + 1;
  for (;;) {
    at = skipSpace(bytes, at, limit);
    if (at >= limit) return incomplete;
    const byte = bytes[at]!;
    if (byte === closeBrace) return at + 1;
    if (byte === comma) {
      at++;
      continue;
    }
    if (byte !== quote) return fault(at);
    const nameEnd = stringEnd(bytes, at + 1, limit);
    if (nameEnd < 0) return incomplete;
    const field = findField(fields, bytes, at + 1, nameEnd);
    at = skipSpace(bytes, nameEnd + 1, limit);
    if (at >= limit) return incomplete;
    if (bytes[at] !== colon) return fault(at);
    const start = skipSpace(bytes, at + 1, limit);
    at = valueEnd(bytes, start, limit);
    if (at < 0) return at;
    if (field < 0) continue;
    spans[2 * field] = start;
    spans[2 * field + 1] = at;
    if (keep === undefined || keep(field, bytes, start, at)) continue;
    spans.fill(-1);
    return nestedEnd(bytes, at, limit);
  }
}

/** Index of the field named by the bytes from `start` to before `end`; −1 when it is none of the table. */
function findField({ byLength }: FieldTable, bytes: Uint8Array, start: number, end: number): number {
  const candidates = byLength[end - start];
  if (candidates !== undefined) {
    for (const { name, index } of candidates) {
      let i = 0;
      while (i < name.length && name[i] === bytes[start + i]) i++;
      if (i === name.length) return index;
    }
  }
  for (let i = start; i < end; i++) if (bytes[i] === backslash) return findEscaped(byLength, bytes, start, end);
  return -1;
}

function findEscaped(byLength: FieldTable["byLength"], bytes: Uint8Array, start: number, end: number): number {
  const text = decodeString(bytes, start - 1, end + 1);
  return byLength.flat().find(({ name }) => Buffer.from(name).toString() === text)?.index ?? -1;
}

/** The text of a JSON string, quotes included in the span; as it stands when its escapes are not those of JSON. */
export function decodeString(bytes: Uint8Array, start: number, end: number): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
  if (!text.includes("\\")) return text.slice(1, -1);
  try {
    return JSON.parse(text) as string;
  } catch {
    return text.slice(1, -1);
  }
}
