import type { ColumnTable } from "arquero";
import { measurementCells } from "./measurementCells.ts";
import { writtenColumns } from "./measurementColumns.ts";
import type { Profile } from "./profile.ts";

/**
 * The measurements of a profile as an arquero table: a row each, columns as in `measurements.csv`, numbers as numbers, null
 * where there is none.
 *
 * arquero is loaded on the first call, since most commands need no table.
 */
export async function toTable(profile: Profile): Promise<ColumnTable> {
  const { table } = await import("arquero");
  const rows = profile.measurements.map(measurementCells);
  return table(
    Object.fromEntries(writtenColumns(profile.measurements).map((name) => [name, rows.map((row) => row[name])])),
  );
}
