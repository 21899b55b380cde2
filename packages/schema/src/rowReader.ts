import { z } from "zod";
import { describeFound } from "./describeFound.ts";
import { digest } from "./digest.ts";
import { InputError } from "./inputError.ts";
import type { Measurement, MeasurementResults } from "./measurement.ts";
import { deviceColumnNames, isNumberColumn, measurementColumns, type TextColumnName } from "./measurementColumns.ts";
import { rowDevice } from "./rowDevice.ts";
import { numberSlot as at, checkFilled, checkNoResults, fillDerived, processesIn, rowNumbers } from "./rowNumbers.ts";
import { rowResults } from "./rowResults.ts";
import { rowServing } from "./rowServing.ts";
import { type KnownNames, rowTexts } from "./rowTexts.ts";
import type { TableHeader } from "./tableHeader.ts";

type Fields = readonly string[];

/** A row, understood. The numbers tell equal texts from different ones: places in order of first appearance. */
export interface ReadRow {
  readonly measurement: Measurement;
  readonly config: number;
  readonly neighbours: number;
  readonly load: number;
  readonly environment: number;
}

/**
 * Prepares the reading of a table's rows.
 *
 * @param known  the names that may occur; any when absent
 * @returns a function from the fields of a row to its measurement. It throws InputError, without the file and line, when a
 *   field is wrong.
 */
export function rowReader(header: TableHeader, known: KnownNames | undefined): (fields: Fields) => ReadRow {
  const cell = cellReaders(header);
  const readNumbers = rowNumbers(header);
  const texts = rowTexts(known);
  const readOutcome = outcomeReader(header, cell, texts.nulls);
  return (fields) => {
    const values = readNumbers(fields);
    const measured = cell.outcome(fields) === "measured";
    if (measured && header.absent.length > 0) fillDerived(header, values);
    checkFilled(values, measured);
    const batch = values[at.batch_count]!;
    const processes = processesIn(values);
    const config = texts.config(
      cell.workload(fields),
      cell.power_mode(fields),
      cell.partition(fields),
      batch,
      processes,
    );
    const neighbours = texts.neighbours(cell.neighbours(fields));
    const load = texts.load(cell.load(fields));
    const environment = texts.environment(cell.environment(fields));
    const baseline = parseBaseline(cell.baseline(fields));
    const position = values[at.position_index]!;
    const round = values[at.round_index]!;
    const point = { config: config.value, neighbours: neighbours.value, load: load.value, round };
    const measurement = {
      id: header.place.id === undefined ? digest(baseline ? { point, position } : point) : cell.id(fields),
      point,
      position,
      seed: cell.seed(fields),
      baseline,
      environment: environment.value,
      startedAt: checkTime(cell.started_at(fields)),
      mechanism: cell.mechanism(fields),
      flags: texts.flags(cell.flags(fields)).value,
      outcome: readOutcome(fields, values),
    };
    return {
      measurement,
      config: config.index,
      neighbours: neighbours.index,
      load: load.index,
      environment: environment.index,
    };
  };
}

/** What stands in the text columns that a foreign table lacks. */
const assumed = {
  id: "",
  workload: "",
  power_mode: "default",
  partition: "",
  load: "closed:1",
  seed: "unknown",
  baseline: "false",
  environment: "unknown",
  started_at: "1970-01-01T00:00:00Z",
  outcome: "measured",
  flags: "",
  stopped_by: "budget",
  power_source: "",
  clock_reasons: "",
  mechanism: "unknown",
  neighbours: "",
  reason: "",
  nulls: "",
} as const satisfies Record<TextColumnName, string>;

type CellReaders = Readonly<Record<TextColumnName, (fields: Fields) => string>>;

function cellReaders(header: TableHeader): CellReaders {
  const reader = (name: TextColumnName) => {
    const place = header.place[name];
    return place === undefined ? () => assumed[name] : (fields: Fields) => fields[place]!;
  };
  const names = Object.keys(assumed) as readonly TextColumnName[];
  return Object.fromEntries(names.map((name) => [name, reader(name)])) as CellReaders;
}

type NullsParser = ReturnType<typeof rowTexts>["nulls"];

function outcomeReader(header: TableHeader, cell: CellReaders, parseNulls: NullsParser) {
  const absentNulls = nullsOfAbsent(header);
  const hasDevice = deviceColumnNames.some((name) => header.place[name] !== undefined);
  const readDevice = (fields: Fields, values: Float64Array) =>
    rowDevice(values, { powerSource: cell.power_source(fields), clockReasons: cell.clock_reasons(fields) });
  return (fields: Fields, values: Float64Array): Measurement["outcome"] => {
    const kind = cell.outcome(fields);
    const reason = cell.reason(fields);
    if (kind === "measured") {
      if (reason !== "")
        throw problem("reason", reason, "nothing in a measured row", "empty it, or change the outcome");
      const nulls = header.place.nulls === undefined ? absentNulls : parseNulls(cell.nulls(fields)).value;
      const results = rowResults(values, parseStoppedBy(cell.stopped_by(fields)), nulls);
      const device = hasDevice ? readDevice(fields, values) : undefined;
      const serving = rowServing(values);
      return {
        kind,
        results: {
          ...results,
          ...(device === undefined ? {} : { device }),
          ...(serving === undefined ? {} : { serving }),
        },
      };
    }
    if (kind === "infeasible" || kind === "failed") {
      checkNoResults(header, fields, kind);
      return { kind, reason };
    }
    throw problem("outcome", kind, '"measured", "infeasible" or "failed"', "correct it");
  };
}

/** Why values are null that come from columns the table lacks. */
function nullsOfAbsent(header: TableHeader): MeasurementResults["nulls"] {
  const empty = header.absent.filter(
    (name) => isNumberColumn(name) && measurementColumns[name].empty && !/_(?:low|high)_/.test(name),
  );
  return Object.fromEntries(empty.map((name) => [name, "not in the table"]));
}

function parseBaseline(text: string): boolean {
  if (text === "false") return false;
  if (text === "true") return true;
  throw problem("baseline", text, '"true" or "false"', "correct it");
}

function parseStoppedBy(text: string): MeasurementResults["stoppedBy"] {
  if (text === "precision" || text === "budget" || text === "aborted") return text;
  throw problem("stopped_by", text, '"precision", "budget" or "aborted"', "correct it");
}

const time = z.iso.datetime();

function checkTime(text: string): string {
  if (time.safeParse(text).success) return text;
  throw problem("started_at", text, 'a UTC time such as "2026-01-31T12:00:00Z"', "correct it");
}

function problem(column: TextColumnName, found: string, expected: string, advice: string): InputError {
  return new InputError({
    what: `column "${column}"`,
    problem: `is ${describeFound(found)}, expected ${expected}`,
    advice,
  });
}
