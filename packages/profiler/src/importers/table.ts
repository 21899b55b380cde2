import { basename, extname } from "node:path";
import { InputError, type Made, type Profile } from "@partitune/schema";
import { type ColumnMeaning, parseColumn } from "./columnMeanings.ts";
import { importedDevice } from "./importedDevice.ts";
import { type ImportedTable, importedProfile } from "./importedProfile.ts";
import { readSettingTable } from "./readSettingTable.ts";

/** What a table does not say of itself. */
export interface ImportTableOptions extends Pick<ImportedTable, "task" | "run"> {
  /** What the columns mean, as in `gpu_freq=gpuHertz:MHz`. */
  readonly columns: readonly string[];
  /** Name of a device of the shelf, or any other. */
  readonly device: string;
  /** Name of the workload, where no column has it; the first file's when absent. */
  readonly workload?: string;
  readonly made: Made;
}

/**
 * A profile from CSV tables of settings → time, power, measured on one device.
 *
 * @throws InputError when a column is missing or has no unit, or a row cannot be used, with file and line
 */
export function importTable(files: readonly string[], options: ImportTableOptions): Profile {
  const columns = options.columns.map(parseColumn);
  checkMeanings(columns.map(({ meaning }) => meaning));
  const tables = files.map((file) => readSettingTable(file, columns));
  const only = options.workload ?? basename(files[0]!, extname(files[0]!));
  const rows = tables
    .flatMap((table) => table.rows)
    .map((row) => (row.workload === "" ? { ...row, workload: only } : row));
  return importedProfile({
    ...importedDevice(
      options.device,
      rows.map(({ settings }) => settings),
    ),
    rows,
    task: options.task,
    run: options.run,
    made: options.made,
    unmapped: [...new Set(tables.flatMap((table) => table.unmapped))],
  });
}

function checkMeanings(found: readonly ColumnMeaning[]): void {
  const twice = found.find((meaning, i) => meaning !== "workload" && found.indexOf(meaning) !== i);
  if (twice !== undefined) {
    throw new InputError({
      what: `meaning "${twice}"`,
      problem: "is given to two columns",
      advice: 'give it to one; only "workload" may be made from several',
    });
  }
  if (!found.includes("time")) throw missing("time", "COLUMN=time:s");
  if (!found.includes("power") && !found.includes("energy"))
    throw missing("power", "COLUMN=power:W or COLUMN=energy:J");
}

function missing(meaning: string, example: string): InputError {
  return new InputError({
    what: `meaning "${meaning}"`,
    problem: "is given to no column",
    advice: `add --map ${example}, with the unit of the table`,
  });
}
