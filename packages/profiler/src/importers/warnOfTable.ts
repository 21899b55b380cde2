import { type Device, formatPartition, type Warning } from "@partitune/schema";
import { importedModeName } from "./importedDevice.ts";
import type { PlacedRow } from "./importedProfile.ts";

/** What is doubtful about a foreign table as a whole. */
export interface TableDoubts {
  readonly source: string;
  readonly device: Device;
  readonly rows: readonly PlacedRow[];
  readonly unmapped: readonly string[];
  readonly assumedDefault: boolean;
  /** Rows whose settings were measured before. */
  readonly repeats: number;
}

/** One warning for each thing that a reader of an imported table should know. */
export function warnOfTable(doubts: TableDoubts): readonly Warning[] {
  const { source, device, rows, unmapped, assumedDefault, repeats } = doubts;
  const warning = (code: string, cause: string, advice: string): Warning => ({ code, where: source, cause, advice });
  const holes = holesOf(doubts);
  const derived = rows.filter(({ results }) => results?.fromThroughput).length;
  const dead = rows.filter(({ results }) => results === null).length;
  return [
    ...(unmapped.length === 0
      ? []
      : [
          warning(
            "unmapped-columns",
            `columns ${unmapped.map((name) => `"${name}"`).join(", ")} were given no meaning and are left out`,
            "map them with --map where they are settings or tell workloads apart",
          ),
        ]),
    ...(assumedDefault
      ? [
          warning(
            "assumed-default",
            `the table does not say which power mode is the default; "${device.powerModes[0]!.name}", the highest, is taken for it`,
            "give the device with --device where it is known",
          ),
        ]
      : []),
    ...(repeats === 0
      ? []
      : [
          warning(
            "repeats",
            `${repeats} rows repeat the settings of others and count as further rounds`,
            "map the column that tells them apart, if they are no repeats",
          ),
        ]),
    ...(derived === 0
      ? []
      : [
          warning(
            "derived-latency",
            `${derived} of ${rows.length} latencies are batch over throughput, which is given with more digits, or alone`,
            "nothing to do, where throughput was measured with all processes busy and no pauses",
          ),
        ]),
    ...(dead === 0
      ? []
      : [
          warning(
            "zeros",
            `${dead} of ${rows.length} rows are zeros and count as infeasible: they did not run`,
            "nothing to do, if zeros mean that memory did not suffice",
          ),
        ]),
    ...(holes === undefined
      ? []
      : [warning("holes", holes, "nothing to do; a search that asks for one is told that it has no row")]),
  ];
}

/** Combinations of a workload's batches with the table's modes, partitions and numbers of processes that have no row. */
function holesOf({ rows, device }: TableDoubts): string | undefined {
  const places = new Map(rows.map((row) => [placeOf(row), row]));
  const isPlain = places.size === 1 && rows.every(({ processes }) => processes === 1);
  const present = new Set(rows.map((row) => keyOf(row, placeOf(row), importedModeName(row.settings), isPlain)));
  const pairs = new Map(rows.map((row) => [`${row.batch} ${row.workload}`, row]));
  const wanted = [...pairs.values()].flatMap((row) =>
    [...places.keys()].flatMap((place) => device.powerModes.map(({ name }) => keyOf(row, place, name, isPlain))),
  );
  const missing = wanted.filter((key) => !present.has(key));
  if (missing.length === 0) return undefined;
  const what = isPlain ? "minibatch and power mode" : "batch, partition, processes and power mode";
  return `${missing.length} of ${wanted.length} combinations of ${what} have no row, the first: ${missing[0]}`;
}

function placeOf({ partition, processes }: PlacedRow): string {
  return `${formatPartition(partition)}, ${processes} process${processes === 1 ? "" : "es"}`;
}

function keyOf({ workload, batch }: PlacedRow, place: string, mode: string, isPlain: boolean): string {
  return `${workload} batch ${batch}${isPlain ? "" : ` on ${place},`} in ${mode}`;
}
