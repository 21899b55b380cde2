import { csvBlocks } from "./csvBlocks.ts";
import { csvLimits } from "./csvLimits.ts";
import { type CutRecord, cutRecords } from "./cutRecords.ts";
import { InputError } from "./inputError.ts";
import { quotedTails } from "./quotedTails.ts";

/** What is called for each record: its fields, and the 1-based line it begins on. */
export type CsvVisitor = (fields: readonly string[], line: number) => void;

/**
 * Reads CSV (RFC 4180, UTF-8) record by record, in memory that does not grow with the file. Empty lines are skipped; a byte
 * order mark and carriage returns before line feeds are ignored.
 *
 * Up to its first quote a record is split at commas, which for rows of numbers is more than ten times as fast as a general
 * parser; from the field with that quote on, csv-parse decides.
 *
 * @param file  the file's name, for messages
 * @param chunks  the bytes, in pieces of any size; a piece need not stay valid when the next is asked for
 * @throws InputError with the line, when it is no text, a line is too long, or quotes do not match
 */
export function visitCsv(file: string, chunks: Iterable<Buffer>, visit: CsvVisitor): void {
  const parseTails = quotedTails(file);
  let open = ""; // a record whose quote is not closed yet
  let line = 1;
  for (const block of csvBlocks(file, chunks)) {
    const text = open + block;
    const cut = cutRecords(text, line);
    const tails = parseTails(cut.records.filter(hasTail)).values();
    for (const record of cut.records) {
      const tail = hasTail(record) ? tails.next().value! : noFields;
      visit(fieldsOf(text, record, tail), record.line);
    }
    open = text.slice(cut.end);
    line = cut.line;
    if (open.length > csvLimits.line) throw unclosedQuote(file, line);
  }
  if (open !== "") throw unclosedQuote(file, line);
}

function hasTail(record: CutRecord): record is CutRecord & { readonly tail: string } {
  return record.tail !== undefined;
}

const noFields: readonly string[] = [];

function fieldsOf(text: string, { start, plainEnd }: CutRecord, tail: readonly string[]): readonly string[] {
  const fields = plainEnd < start ? [] : text.slice(start, plainEnd).split(",");
  for (const field of tail) fields.push(field);
  return fields;
}

function unclosedQuote(file: string, line: number): InputError {
  return new InputError({
    what: "the record",
    problem: "opens a quote that is never closed",
    advice: "close it, or write a quote inside a field as two quotes",
    where: { file, line },
  });
}
