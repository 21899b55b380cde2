import type { Measurement } from "./measurement.ts";
import { measurementCells } from "./measurementCells.ts";
import { type MeasurementColumn, writtenColumns } from "./measurementColumns.ts";

const rowsPerPiece = 1000;

/**
 * Measurements as the text of a CSV file: header, then a row each, lines ended by a line feed. Numbers are written in their
 * shortest exact form, so that reading gives the same bits. Columns of device readings are left out when no row has any.
 *
 * @returns the text in pieces, so that a large table needs no large string
 * @see RFC 4180 for the quoting
 */
export function* formatMeasurements(measurements: readonly Measurement[]): Generator<string> {
  const columns = writtenColumns(measurements);
  yield `${columns.join(",")}\n`;
  for (let start = 0; start < measurements.length; start += rowsPerPiece) {
    yield measurements
      .slice(start, start + rowsPerPiece)
      .map((row) => formatRow(row, columns))
      .join("");
  }
}

function formatRow(row: Measurement, columns: readonly MeasurementColumn[]): string {
  const cells = measurementCells(row);
  return `${columns.map((name) => formatCell(cells[name])).join(",")}\n`;
}

function formatCell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
