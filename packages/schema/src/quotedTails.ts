import { parse } from "csv-parse/sync";
import { InputError } from "./inputError.ts";

/** The end of a record, from its first quoted field on, and the line the record begins on. */
export interface QuotedTail {
  readonly tail: string;
  readonly line: number;
}

const mostRemembered = 10_000;

/**
 * Prepares the parsing of the quoted ends of records. csv-parse takes longer to start than to parse a line, and ends repeat
 * from row to row, so they are parsed all together, and each distinct one once.
 *
 * @returns a function from ends to the fields of each; it throws InputError with the line of the first whose quoting is wrong
 */
export function quotedTails(file: string): (records: readonly QuotedTail[]) => readonly (readonly string[])[] {
  const known = new Map<string, readonly string[]>();
  return (records) => {
    if (known.size > mostRemembered) known.clear();
    const found = records.map(({ tail }) => known.get(tail));
    const fresh = [...new Set(records.filter((_, i) => found[i] === undefined).map(({ tail }) => tail))];
    const parsed = fresh.length === 0 ? [] : parseAll(fresh.join("\n"));
    if (parsed?.length !== fresh.length) throw wrongQuotes(file, records);
    for (const [i, tail] of fresh.entries()) known.set(tail, parsed[i]!);
    return records.map(({ tail }, i) => found[i] ?? known.get(tail)!);
  };
}

/** The records of a text, or undefined when its quoting is wrong. */
function parseAll(text: string): string[][] | undefined {
  try {
    return parse(text, { record_delimiter: "\n", relax_column_count: true });
  } catch {
    return undefined;
  }
}

function wrongQuotes(file: string, records: readonly QuotedTail[]): InputError {
  const culprit = records.find(({ tail }) => parseAll(tail)?.length !== 1) ?? records[0]!;
  return new InputError({
    what: "a field",
    problem: "has a quote in the wrong place",
    advice: "put the whole field in quotes and write a quote inside it as two quotes",
    where: { file, line: culprit.line },
  });
}
