import { describeFound, fileChunks, InputError, visitCsv } from "@partitune/schema";
import { toUnit } from "./columnMeanings.ts";

/** How a wide table is to be read. */
export interface WideTableOptions {
  /** Row to take, from 1, the header not counted. */
  readonly row: number;
  /** Names of the columns; those of the header when absent. */
  readonly workloads: readonly string[] | undefined;
  /** Factors to our unit. */
  readonly units: Readonly<Record<string, number>>;
  /** What its numbers are. */
  readonly what: string;
}

/** A row of a wide table. */
export interface WideRow {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** Workload → number in our unit; without those that have none. */
  readonly cells: ReadonlyMap<string, number>;
}

/**
 * Reads one row of a CSV table that has a column per workload. A first line without numbers is its header.
 *
 * @throws InputError naming file and line: a unit that is none of the quantity, no such row, a header that is missing, a cell that is no number
 */
export function readWideTable(
  { file, unit }: { readonly file: string; readonly unit: string },
  { row, workloads, units, what }: WideTableOptions,
): WideRow {
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (factor === undefined) {
    throw new InputError({
      what: `the unit "${unit}" of ${what}s in "${file}"`,
      problem: "is not known",
      advice: `write FILE:UNIT with one of ${Object.keys(units).join(", ")}`,
    });
  }
  const { header, rows } = readLines(file);
  const names = workloads ?? header;
  if (names === undefined)
    throw wrong(file, 1, "the first line", "holds numbers, so that the columns have no names", "name them in order");
  const found = rows[row - 1];
  if (found === undefined)
    throw wrong(file, undefined, `row ${row}`, "is not there", `choose one from 1 to ${rows.length}`);
  const { line, fields } = found;
  if (fields.length !== names.length)
    throw wrong(
      file,
      line,
      "the row",
      `has ${fields.length} fields for ${names.length} workloads`,
      "name one for each",
    );
  const cells = names.flatMap((name, i) => {
    const value = cellOf(fields[i]!, `${what} of ${describeFound(name)}`, { file, line });
    return value === null ? [] : [[name, toUnit(value, factor)] as const];
  });
  return { file, line, cells: new Map(cells) };
}

interface Line {
  readonly line: number;
  readonly fields: readonly string[];
}

function readLines(file: string): { readonly header: readonly string[] | undefined; readonly rows: readonly Line[] } {
  const lines: Line[] = [];
  visitCsv(file, fileChunks(file), (fields, line) => {
    lines.push({ line, fields: fields.map((field) => field.trim()) });
  });
  const hasHeader = lines[0]?.fields.every((field) => Number.isNaN(Number(field)) && !isAbsent(field)) ?? false;
  return hasHeader ? { header: lines[0]!.fields, rows: lines.slice(1) } : { header: undefined, rows: lines };
}

function isAbsent(field: string): boolean {
  return field === "" || field.toUpperCase() === "N/A";
}

function cellOf(field: string, what: string, { file, line }: { file: string; line: number }): number | null {
  if (isAbsent(field)) return null;
  const value = Number(field);
  if (Number.isFinite(value) && value > 0) return value;
  const expected = `is ${describeFound(field)}, expected a number above 0`;
  throw wrong(file, line, `the ${what}`, expected, 'correct it, or write "N/A" in both tables');
}

function wrong(file: string, line: number | undefined, what: string, problem: string, advice: string): InputError {
  return new InputError({ what, problem, advice, where: line === undefined ? { file } : { file, line } });
}
