import type { Device, Warning } from "@partitune/schema";
import { importedModeName } from "./importedDevice.ts";
import type { SettingRow } from "./readSettingTable.ts";

/** What is doubtful about a foreign table as a whole. */
export interface TableDoubts {
  readonly source: string;
  readonly device: Device;
  readonly rows: readonly SettingRow[];
  readonly unmapped: readonly string[];
  readonly assumedDefault: boolean;
  /** Rows whose settings were measured before. */
  readonly repeats: number;
}

/** One warning for each thing that a reader of an imported table should know. */
export function warnOfTable(doubts: TableDoubts): readonly Warning[] {
  const { source, device, unmapped, assumedDefault, repeats } = doubts;
  const warning = (code: string, cause: string, advice: string): Warning => ({ code, where: source, cause, advice });
  const holes = holesOf(doubts);
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
    ...(holes === undefined
      ? []
      : [warning("holes", holes, "nothing to do; a search that asks for one is told that it has no row")]),
  ];
}

/** Combinations of a workload's batches with the table's modes that have no row. */
function holesOf({ rows, device }: TableDoubts): string | undefined {
  const present = new Set(rows.map((row) => keyOf(row.workload, row.batch, importedModeName(row.settings))));
  const pairs = new Map(rows.map(({ workload, batch }) => [`${batch} ${workload}`, { workload, batch }]));
  const missing = [...pairs.values()].flatMap(({ workload, batch }) =>
    device.powerModes.map(({ name }) => keyOf(workload, batch, name)).filter((key) => !present.has(key)),
  );
  if (missing.length === 0) return undefined;
  return `${missing.length} of ${pairs.size * device.powerModes.length} combinations of minibatch and power mode have no row, the first: ${missing[0]}`;
}

function keyOf(workload: string, batch: number, mode: string): string {
  return `${workload} batch ${batch} in ${mode}`;
}
