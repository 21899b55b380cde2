import { describeFound, fileChunks, InputError, nearest, visitCsv } from "@partitune/schema";
import { type MappedColumn, toUnit } from "./columnMeanings.ts";

/** A foreign table of which only some columns are understood. */
export interface MappedTable<M extends string> {
  readonly rows: readonly MappedRow<M>[];
  /** Columns that were given no meaning and chose no rows. */
  readonly unmapped: readonly string[];
}

/** What a number of a row must be. */
export type Expected = "positive" | "non-negative" | "count";

/** A row, read by meaning. Errors name its file, line and column. */
export interface MappedRow<M extends string> {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /**
   * The texts of the columns that mean this, in the order of the mapping.
   *
   * @throws InputError when one is empty
   */
  texts(meaning: M): readonly string[];
  /**
   * The number that means this, in our unit; undefined when no column does.
   *
   * @throws InputError when it is none, or not what is expected
   */
  number(meaning: M, expected: Expected): number | undefined;
  /** Half of the last digit that the column's numbers are printed with, in our unit; 0 when they are exact. */
  rounding(meaning: M): number;
  /** That something about the row is wrong. */
  wrong(what: string, problem: string, advice: string): InputError;
}

const words: Readonly<Record<Expected, string>> = {
  positive: "a number above 0",
  "non-negative": "a number of at least 0",
  count: "a whole number from 1 on",
};

/**
 * Reads a CSV table by what its columns mean.
 *
 * @param where  `COLUMN=VALUE` each: only rows with these values are taken
 * @throws InputError naming file, line and column: a column that is not there or there twice, a row of another width, no rows
 */
export function mappedRows<M extends string>(
  file: string,
  columns: readonly MappedColumn<M>[],
  where: readonly string[] = [],
): MappedTable<M> {
  const conditions = where.map(parseCondition);
  const lines: Line[] = [];
  let header: readonly string[] | undefined;
  let skipped = 0;
  visitCsv(file, fileChunks(file), (fields, line) => {
    if (header === undefined) {
      header = fields.map((field) => field.trim());
      checkColumns(header, [...columns, ...conditions], file);
      return;
    }
    checkWidth(fields, header, { file, line });
    const texts = fields.map((field) => field.trim());
    const names = header;
    if (conditions.every(({ column, value }) => texts[names.indexOf(column)] === value)) lines.push({ line, texts });
    else skipped += 1;
  });
  if (lines.length === 0) throw noRows(file, skipped, where);
  const known = [...columns, ...conditions].map(({ column }) => column);
  return {
    rows: rowsOf(file, header!, columns, lines),
    unmapped: header!.filter((name) => !known.includes(name)),
  };
}

interface Line {
  readonly line: number;
  readonly texts: readonly string[];
}

function rowsOf<M extends string>(
  file: string,
  header: readonly string[],
  columns: readonly MappedColumn<M>[],
  lines: readonly Line[],
): readonly MappedRow<M>[] {
  const placed = columns.map((column) => ({ ...column, place: header.indexOf(column.column) }));
  const rounding = new Map(
    placed.map(({ meaning, place, factor }) => [meaning, factor * roundingOf(lines.map(({ texts }) => texts[place]!))]),
  );
  return lines.map(({ line, texts }) => {
    const wrong = (what: string, problem: string, advice: string) =>
      new InputError({ what, problem, advice, where: { file, line } });
    return {
      file,
      line,
      wrong,
      texts: (meaning) =>
        placed
          .filter((each) => each.meaning === meaning)
          .map(({ column, place }) => {
            if (texts[place] !== "") return texts[place]!;
            throw wrong(`column "${column}"`, "is empty", "name it, or delete the row");
          }),
      number: (meaning, expected) => {
        const found = placed.find((each) => each.meaning === meaning);
        if (found === undefined) return undefined;
        const value = toNumber(texts[found.place]!, expected);
        if (value !== undefined) return toUnit(value, found.factor);
        throw wrong(
          `column "${found.column}"`,
          `${texts[found.place] === "" ? "is empty" : `is ${describeFound(texts[found.place]!)}`}, expected ${words[expected]}`,
          "correct the row, or delete it: what was not measured has no row",
        );
      },
      rounding: (meaning) => rounding.get(meaning) ?? 0,
    };
  });
}

function toNumber(text: string, expected: Expected): number | undefined {
  const value = text === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || value < 0) return undefined;
  if (expected === "count") return Number.isSafeInteger(value) && value >= 1 ? value : undefined;
  return value > 0 || expected === "non-negative" ? value : undefined;
}

/** Half a step of the finest number among these; 0 when one is in exponents. Trailing zeros may be left out, so the finest one tells. */
function roundingOf(texts: readonly string[]): number {
  const decimals = texts.map((text) => /^[+-]?\d*(?:\.(?<decimals>\d*))?$/u.exec(text)?.groups?.decimals?.length ?? 0);
  return texts.some((text) => /e/iu.test(text)) ? 0 : 0.5 * 10 ** -Math.max(...decimals);
}

interface Condition {
  readonly column: string;
  readonly value: string;
}

function parseCondition(text: string): Condition {
  const split = text.indexOf("=");
  if (split > 0) return { column: text.slice(0, split), value: text.slice(split + 1).trim() };
  throw new InputError({
    what: `option --where "${text}"`,
    problem: "does not say which rows to take",
    advice: "write COLUMN=VALUE, for example --where scenario=S1",
  });
}

function noRows(file: string, skipped: number, where: readonly string[]): InputError {
  return new InputError({
    what: "the table",
    problem: skipped === 0 ? "has no rows" : `has no row with ${where.join(" and ")}, of ${skipped}`,
    advice: skipped === 0 ? "give a header and a row per measurement" : "correct --where, or leave it out",
    where: { file },
  });
}

function checkColumns(header: readonly string[], columns: readonly { readonly column: string }[], file: string): void {
  const wrong = (column: string, problem: string, advice: string) =>
    new InputError({ what: `column "${column}"`, problem, advice, where: { file, line: 1 } });
  const absent = columns.find(({ column }) => !header.includes(column));
  if (absent !== undefined) {
    const near = nearest(absent.column, header);
    const advice =
      near === undefined ? `choose from ${header.map((name) => `"${name}"`).join(", ")}` : `did you mean "${near}"?`;
    throw wrong(absent.column, "is not in the header", advice);
  }
  const twice = header.find((name, i) => header.indexOf(name) !== i && columns.some(({ column }) => column === name));
  if (twice !== undefined) throw wrong(twice, "is there twice", "give each column its own name");
}

function checkWidth(fields: readonly string[], header: readonly string[], where: { file: string; line: number }): void {
  if (fields.length === header.length) return;
  throw new InputError({
    what: "the row",
    problem: `has ${fields.length} fields, expected ${header.length} as in the header`,
    advice: "write a decimal point, not a comma, and put text that holds a comma in quotes",
    where,
  });
}
