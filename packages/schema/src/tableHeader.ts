import { describeFound } from "./describeFound.ts";
import { InputError } from "./inputError.ts";
import {
  addedColumns,
  isNumberColumn,
  type MeasurementColumn,
  measurementColumnNames,
  measurementColumns,
  type NumberColumnName,
} from "./measurementColumns.ts";
import { nearest } from "./nearest.ts";

/** The columns without which a row says nothing. */
const needed: readonly MeasurementColumn[] = ["workload", "partition", "batch_count", "latency_p50_s"];

/** Where each column stands in the rows of a file. */
export interface TableHeader {
  /** Column → its place from 0; undefined when the file lacks it. */
  readonly place: Readonly<Partial<Record<MeasurementColumn, number>>>;
  /** Columns the file lacks and that something is assumed for, in the order of the table. */
  readonly absent: readonly MeasurementColumn[];
  /** Fields each row must have. */
  readonly width: number;
}

/**
 * Understands the first line of a measurement table.
 *
 * @throws InputError when a column is unknown, has no unit or another unit, stands twice, or a needed one is missing
 */
export function tableHeader(names: readonly string[]): TableHeader {
  if (names.length > measurementColumnNames.length) throw tooMany(names.length);
  const place: Partial<Record<MeasurementColumn, number>> = {};
  for (const [i, raw] of names.entries()) {
    const name = raw.trim();
    if (!isKnown(name)) throw unknownColumn(name, names.length);
    if (place[name] !== undefined) throw columnProblem(name, "stands twice", "keep one of the two");
    place[name] = i;
  }
  const missing = needed.filter((name) => place[name] === undefined);
  if (missing.length > 0) throw missingColumns(missing);
  return {
    place,
    absent: measurementColumnNames.filter((name) => place[name] === undefined && !addedColumns.includes(name)),
    width: names.length,
  };
}

function isKnown(name: string): name is MeasurementColumn {
  return Object.hasOwn(measurementColumns, name);
}

function columnProblem(name: string, problem: string, advice: string): InputError {
  return new InputError({ what: `column ${describeFound(name)}`, problem, advice });
}

function tooMany(count: number): InputError {
  return new InputError({
    what: "the header",
    problem: `has ${count} columns, expected at most ${measurementColumnNames.length}`,
    advice: "check that this is a measurement table",
  });
}

function missingColumns(missing: readonly MeasurementColumn[]): InputError {
  return new InputError({
    what: "the header",
    problem: `lacks the column${missing.length === 1 ? "" : "s"} ${missing.map((name) => `"${name}"`).join(", ")}`,
    advice: `a table needs at least ${needed.map((name) => `"${name}"`).join(", ")}`,
  });
}

function unknownColumn(name: string, columns: number): InputError {
  if (columns === 1 && /[;\t]/.test(name)) {
    return columnProblem(name, "is the only one", "separate columns by commas, and write decimals with a point");
  }
  const near = nearestColumn(name);
  if (near === undefined) return columnProblem(name, "is not known", "remove it");
  if (!isNumberColumn(near)) return columnProblem(name, "is not known", `did you mean "${near}"? else remove it`);
  const cure = `name it "${near}" and give ${unitWords(near)}`;
  if (foreignUnit.test(name)) return columnProblem(name, "has another unit than expected", cure);
  if (unitOf(name) === undefined) return columnProblem(name, "has no unit", cure);
  return columnProblem(name, "is not known", `did you mean "${near}"? else remove it`);
}

const foreignUnit = /_(?:ms|us|ns|min|h|kb|mb|gb|kib|mib|gib|khz|mhz|ghz|mw|kw|mj|kj|wh|kwh|percent|pct)$/i;

/** The near column, by preference the one whose name without unit is the same. */
function nearestColumn(name: string): MeasurementColumn | undefined {
  const bare = name.replace(foreignUnit, "");
  const same = measurementColumnNames.find((known) => isNumberColumn(known) && withoutUnit(known) === bare);
  return same ?? nearest(name, measurementColumnNames);
}

const units: Readonly<Record<string, string>> = {
  _per_s: "events per second",
  _s: "seconds",
  _bytes: "bytes",
  _w: "watts",
  _j: "joules",
  _hz: "hertz",
  _c: "degrees Celsius",
  _count: "a whole number",
  _index: "a whole number, from 0",
  _fraction: "a number from 0 to 1",
  _ratio: "a plain number",
};

function unitOf(name: string): string | undefined {
  return Object.keys(units).find((unit) => name.endsWith(unit));
}

function withoutUnit(name: string): string {
  return name.slice(0, name.length - (unitOf(name)?.length ?? 0));
}

function unitWords(column: NumberColumnName): string {
  return units[unitOf(column)!]!;
}
