import { describeFound, fileChunks, InputError, nearest, type Seconds, visitCsv, type Watts } from "@partitune/schema";
import type { PowerSettings } from "../executor.ts";
import type { ColumnMeaning, MappedColumn } from "./columnMeanings.ts";

/** A row of a foreign table in our units. */
export interface SettingRow {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** Empty when no column names it. */
  readonly workload: string;
  readonly batch: number;
  readonly settings: PowerSettings;
  readonly timeSeconds: Seconds;
  readonly powerWatts: Watts;
}

/** A foreign table of settings → time and power. */
export interface SettingTable {
  readonly rows: readonly SettingRow[];
  /** Columns that were given no meaning. */
  readonly unmapped: readonly string[];
}

/**
 * Reads a CSV table of settings → time and power. Several columns may mean the workload; their texts are joined with "-" in the order of `columns`.
 *
 * @param columns  what the columns mean: time, and power or energy, must be among them
 * @throws InputError naming file, line and column: a column that is not there, a number that is none, or not above 0, a row that repeats another
 */
export function readSettingTable(file: string, columns: readonly MappedColumn[]): SettingTable {
  const rows: SettingRow[] = [];
  const seen = new Map<string, number>();
  let header: readonly string[] | undefined;
  visitCsv(file, fileChunks(file), (fields, line) => {
    if (header === undefined) {
      header = fields.map((field) => field.trim());
      checkColumns(header, columns, file);
      return;
    }
    const row = readRow(fields, { file, line, header, columns });
    refuseRepeat(row, seen);
    rows.push(row);
  });
  if (rows.length === 0)
    throw wrong(file, undefined, "the table", "has no rows", "give a header and a row per measurement");
  return { rows, unmapped: header!.filter((name) => !columns.some(({ column }) => column === name)) };
}

interface RowContext {
  readonly file: string;
  readonly line: number;
  readonly header: readonly string[];
  readonly columns: readonly MappedColumn[];
}

function checkColumns(header: readonly string[], columns: readonly MappedColumn[], file: string): void {
  const absent = columns.find(({ column }) => !header.includes(column));
  if (absent !== undefined) {
    const near = nearest(absent.column, header);
    const advice =
      near === undefined ? `choose from ${header.map((name) => `"${name}"`).join(", ")}` : `did you mean "${near}"?`;
    throw wrong(file, 1, `column "${absent.column}"`, "is not in the header", advice);
  }
  const twice = header.find((name, i) => header.indexOf(name) !== i && columns.some(({ column }) => column === name));
  if (twice !== undefined) throw wrong(file, 1, `column "${twice}"`, "is there twice", "give each column its own name");
}

function readRow(fields: readonly string[], context: RowContext): SettingRow {
  const { file, line, header, columns } = context;
  if (fields.length !== header.length) {
    const advice = "write a decimal point, not a comma, and put text that holds a comma in quotes";
    throw wrong(
      file,
      line,
      "the row",
      `has ${fields.length} fields, expected ${header.length} as in the header`,
      advice,
    );
  }
  const textOf = (column: string) => fields[header.indexOf(column)]!.trim();
  const numberOf = (meaning: ColumnMeaning): number | undefined => {
    const mapped = columns.find((column) => column.meaning === meaning);
    return mapped && readNumber(textOf(mapped.column), mapped, context);
  };
  const names = columns
    .filter(({ meaning }) => meaning === "workload")
    .map(({ column }) => nameIn(textOf(column), column, context));
  const time = numberOf("time")!;
  return {
    file,
    line,
    workload: names.join("-"),
    batch: numberOf("batch") ?? 1,
    settings: settingsOf(numberOf),
    timeSeconds: time,
    powerWatts: numberOf("power") ?? numberOf("energy")! / time,
  };
}

function settingsOf(numberOf: (meaning: ColumnMeaning) => number | undefined): PowerSettings {
  const settings = ["powerCapWatts", "cores", "cpuHertz", "gpuHertz", "memoryHertz"] as const;
  const found = settings.map((setting) => [setting, numberOf(setting)] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

function nameIn(text: string, column: string, { file, line }: RowContext): string {
  if (text !== "") return text;
  throw wrong(file, line, `column "${column}"`, "is empty", "name the workload, or delete the row");
}

/** Clocks are whole hertz, so that the same clock is the same number whatever unit it came in. */
function readNumber(text: string, { column, meaning, factor }: MappedColumn, { file, line }: RowContext): number {
  const value = text === "" ? Number.NaN : Number(text);
  const whole = meaning === "batch" || meaning === "cores";
  if (Number.isFinite(value) && value > 0 && (!whole || Number.isSafeInteger(value))) {
    return meaning.endsWith("Hertz") ? Math.round(value * factor) : value * factor;
  }
  const found = text === "" ? "is empty" : `is ${describeFound(text)}`;
  const expected = whole ? "a whole number from 1 on" : "a number above 0";
  throw wrong(
    file,
    line,
    `column "${column}"`,
    `${found}, expected ${expected}`,
    "correct the row, or delete it: what was not measured has no row",
  );
}

/** The same settings may be measured again; the same numbers too is a row that was copied. */
function refuseRepeat(row: SettingRow, seen: Map<string, number>): void {
  const { file, line, ...content } = row;
  const key = JSON.stringify(content);
  const first = seen.get(key);
  if (first !== undefined)
    throw wrong(file, line, "the row", `repeats line ${first} in every number`, "delete one of them");
  seen.set(key, line);
}

function wrong(file: string, line: number | undefined, what: string, problem: string, advice: string): InputError {
  return new InputError({ what, problem, advice, where: line === undefined ? { file } : { file, line } });
}
