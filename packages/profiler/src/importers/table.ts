import { basename, extname } from "node:path";
import { InputError, type Made, type Profile } from "@partitune/schema";
import { checkGivenOnce, missingMeaning, parseColumn } from "./columnMeanings.ts";
import { importedDevice } from "./importedDevice.ts";
import { type ImportedTable, importedProfile, type PlacedRow } from "./importedProfile.ts";
import { mappedRows } from "./mappedRows.ts";
import { refuseRepeats } from "./refuseRepeats.ts";
import { partitionOn, type WrittenPartition, writtenPartition } from "./rowPartition.ts";
import { type TableColumn, type TableMeaning, tableMeanings, tableRow } from "./tableRow.ts";

/** What a table does not say of itself. */
export interface ImportTableOptions extends Pick<ImportedTable, "task" | "run"> {
  /** What the columns mean, as in `gpu_freq=gpuHertz:MHz`. */
  readonly columns: readonly string[];
  /** Name of a device of the shelf, or any other. */
  readonly device: string;
  /** Name of the workload, where no column has it; that of each file when absent. */
  readonly workload?: string;
  /** Only rows with these values, `COLUMN=VALUE` each. */
  readonly where?: readonly string[];
  readonly made: Made;
}

/**
 * A profile from CSV tables of what was measured on one device: settings → time and power, or partitions, batches and processes → time and
 * throughput.
 *
 * @throws InputError when a column is missing or has no unit, columns contradict each other, or a row cannot be used, with file and line
 */
export function importTable(files: readonly string[], options: ImportTableOptions): Profile {
  const columns = options.columns.map((text) => parseColumn(text, tableMeanings));
  checkMeanings(columns);
  const tables = files.map((file) => mappedRows(file, columns, options.where));
  const read = tables.flatMap((table) =>
    table.rows.map((source) => ({ source, row: tableRow(source, options.run), written: writtenPartition(source) })),
  );
  const imported = importedDevice(
    options.device,
    read.map(({ row }) => row.settings),
    read.flatMap(({ written }) => plainly(written)),
  );
  const rows = read.map(
    ({ source, row, written }): PlacedRow => ({
      ...row,
      workload: row.workload === "" ? (options.workload ?? basename(row.file, extname(row.file))) : row.workload,
      partition:
        written === undefined ? imported.device.defaultPartition : partitionOn(written, imported.device, source),
    }),
  );
  refuseRepeats(rows);
  return importedProfile({
    ...imported,
    rows,
    task: options.task,
    run: options.run,
    made: options.made,
    unmapped: [...new Set(tables.flatMap((table) => table.unmapped))],
  });
}

function plainly(written: WrittenPartition | undefined) {
  return written?.kind === "partition" ? [written.partition] : [];
}

const alternatives: readonly (readonly TableMeaning[])[] = [
  ["partition", "computeSlices", "share"],
  ["throughput", "throughputPerProcess"],
];

function contradictory(first: TableMeaning, second: TableMeaning): InputError {
  return new InputError({
    what: `meanings "${first}" and "${second}"`,
    problem: "are both given to columns, and say the same thing twice",
    advice: "map one of the two columns",
  });
}

function checkMeanings(columns: readonly TableColumn[]): void {
  const has = (...meanings: readonly TableMeaning[]) => columns.some(({ meaning }) => meanings.includes(meaning));
  checkGivenOnce(columns, ["workload"]);
  for (const meanings of alternatives) {
    const [first, second] = meanings.filter((meaning) => has(meaning));
    if (first !== undefined && second !== undefined) throw contradictory(first, second);
  }
  if (!has("time", "throughput", "throughputPerProcess")) throw missingMeaning("time", "COLUMN=time:s");
  const isOfPieces = has("partition", "computeSlices", "share", "processes", "throughput", "throughputPerProcess");
  if (!isOfPieces && !has("power", "energy")) throw missingMeaning("power", "COLUMN=power:W or COLUMN=energy:J");
}
