import { InputError } from "./inputError.ts";
import type { Measurement } from "./measurement.ts";
import type { MeasurementColumn } from "./measurementColumns.ts";
import { repeatGuard } from "./repeatGuard.ts";
import { type ReadRow, rowReader } from "./rowReader.ts";
import type { KnownNames } from "./rowTexts.ts";
import { type TableHeader, tableHeader } from "./tableHeader.ts";
import { visitCsv } from "./visitCsv.ts";

/** A measurement table, read and checked. */
export interface MeasurementTable {
  readonly measurements: readonly Measurement[];
  /** Columns the file lacks; what stands in their place is assumed. */
  readonly absent: readonly MeasurementColumn[];
}

/**
 * Reads a measurement table: every cell is checked, and no row may repeat another.
 *
 * @param file  the file's name, for messages
 * @param chunks  its bytes, in pieces of any size
 * @param known  names of workloads and power modes that may occur; any when absent
 * @throws InputError naming file, line and column, what was found, what was expected and what to do
 */
export function readMeasurements(file: string, chunks: Iterable<Buffer>, known?: KnownNames): MeasurementTable {
  const measurements: Measurement[] = [];
  const refuseRepeats = repeatGuard();
  let header: TableHeader | undefined;
  let read: ((fields: readonly string[]) => ReadRow) | undefined;
  visitCsv(file, chunks, (fields, line) => {
    try {
      if (header === undefined || read === undefined) {
        header = tableHeader(fields);
        read = rowReader(header, known);
        return;
      }
      if (fields.length !== header.width) throw wrongWidth(fields.length, header.width);
      const row = read(fields);
      refuseRepeats(row, line);
      measurements.push(row.measurement);
    } catch (error) {
      throw error instanceof InputError ? new InputError({ ...error.details, where: { file, line } }) : error;
    }
  });
  if (header === undefined) throw emptyTable(file, "is empty", "give a header and a row per measurement");
  if (measurements.length === 0) throw emptyTable(file, "has a header, but no rows", "measure something first");
  return { measurements, absent: header.absent };
}

function wrongWidth(found: number, expected: number): InputError {
  return new InputError({
    what: "the row",
    problem: `has ${found} fields, expected ${expected} as in the header`,
    advice: "write a decimal point, not a comma, and put text that holds a comma in quotes",
  });
}

function emptyTable(file: string, problem: string, advice: string): InputError {
  return new InputError({ what: "the table", problem, advice, where: { file } });
}
