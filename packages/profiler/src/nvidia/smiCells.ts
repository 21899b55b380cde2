import type { Reading } from "../meters/reading.ts";
import { parseSmiNumber } from "./parseSmiValue.ts";
import type { SmiRow } from "./smiQuery.ts";

/** What stands for each null while a record is put together. */
export type SmiNotes = Record<string, string>;

/** A number of a row; null where this release has no such field, or says something else. */
export function numberIn(row: SmiRow, field: string, factor?: number): Reading {
  const text = row.get(field);
  return text === undefined ? missing(field) : parseSmiNumber(text, factor);
}

/** What a word of a row means; null, with a note, for any other word. */
export function wordIn<T>(
  unread: SmiNotes,
  name: string,
  row: SmiRow,
  field: string,
  meanings: Readonly<Record<string, T>>,
): T | null {
  const text = row.get(field);
  if (text !== undefined && Object.hasOwn(meanings, text)) return meanings[text]!;
  unread[name] = text === undefined ? missing(field).reason : `nvidia-smi says ${text}`;
  return null;
}

/** The value, or null after its reason was noted. */
export function noted(unread: SmiNotes, name: string, reading: Reading): number | null {
  if (reading.value === null) unread[name] = reading.reason;
  return reading.value;
}

function missing(field: string): Extract<Reading, { readonly value: null }> {
  return { value: null, reason: `this nvidia-smi has no field ${field}` };
}
